using System.Runtime.CompilerServices;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Supervision;
using LocalCast.Transports;

namespace LocalCast.Agent.Plugins;

/// <summary>
/// Runs plugins in the agent: the same assembly and the same order of things as in a process of its own, in a load context that goes away after the end. For code that is trusted.
/// </summary>
/// <param name="connector">How the node reaches the agent; <see langword="null"/> for the pipe that the environment of the launch names.</param>
internal sealed class InProcessRunner(IByteConnector? connector = null) : IInstanceRunner
{
    public void Launch(LaunchSpec spec, IInstanceListener listener) => _ = Task.Run(() => RunAsync(spec, listener));

    private async Task RunAsync(LaunchSpec spec, IInstanceListener listener)
    {
        var instance = new InProcessInstance(listener);
        Task<string?>? life = TryBegin(spec, listener, instance, out WeakReference<PluginLoadContext>? context);
        if (life is null)
        {
            return;
        }

        string? failure = await EndOfAsync(life).ConfigureAwait(false);
        instance.Life = null;
        if (failure is not null)
        {
            instance.Print(OutputStream.Error, failure);
        }

        instance.End(failure is null ? 0 : 1);
        Unload(context!);
    }

    private static async Task<string?> EndOfAsync(Task<string?> life)
    {
        try
        {
            return await life.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return PluginFailures.Threw("its life", e); // its end is to be told, whatever ended it
        }
    }

    // Not inlined, nor the other way round: what it has of the plugin must be gone from the stack when the context is unloaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<string?>? TryBegin(LaunchSpec spec, IInstanceListener listener, InProcessInstance instance, out WeakReference<PluginLoadContext>? context)
    {
        context = null;
        try
        {
            NodePluginContext told = CreateContext(spec, instance);
            INodePlugin plugin = PluginLoader.Create(spec.Exec, spec.Manifest.Run.Type, isUnloadable: true, out PluginLoadContext loaded);
            context = new WeakReference<PluginLoadContext>(loaded);
            var life = new PluginLife(plugin, told);
            instance.Life = life;
            listener.Launched(instance);
            return life.RunAsync(instance.Stop);
        }
        catch (LocalCastException e)
        {
            listener.LaunchFailed(e.Message, isPermanent: e.Code == LocalCastError.BadRequest);
        }
        catch (Exception e)
        {
            listener.LaunchFailed(PluginFailures.OneLine(e.Message), isPermanent: e is JsonException or UnauthorizedAccessException); // whatever it was, somebody waits for an answer
        }

        return null;
    }

    private NodePluginContext CreateContext(LaunchSpec spec, InProcessInstance instance) => new()
    {
        Name = spec.Node,
        Version = spec.Manifest.Version,
        DataFolder = spec.DataFolder,
        PluginFolder = spec.Manifest.Folder,
        Settings = PluginSettings.Parse(spec.Manifest.Run.Settings),
        Node = new LocalNodeOptions
        {
            Version = spec.Manifest.Version,
            Instance = spec.Token,
            Connector = connector,
            Pipe = spec.Environment.GetValueOrDefault(PipeAddress.EnvironmentVariable),
        },
        Log = text => instance.Print(OutputStream.Output, text),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Unload(WeakReference<PluginLoadContext> context)
    {
        if (context.TryGetTarget(out PluginLoadContext? loaded))
        {
            loaded.Unload();
        }
    }
}
