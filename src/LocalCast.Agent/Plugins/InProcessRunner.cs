using System.Collections.Concurrent;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Supervision;
using LocalCast.Transports;

namespace LocalCast.Agent.Plugins;

/// <summary>
/// Runs plugins in the agent: the same assembly and the same order of things as in a process of its own, in a load context that goes away after the end. For code that is trusted.
/// </summary>
/// <param name="connector">How the node reaches the agent; <see langword="null"/> for the pipe that the environment of the launch names.</param>
/// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
internal sealed class InProcessRunner(IByteConnector? connector = null, TimeProvider? timeProvider = null) : IInstanceRunner
{
    private static readonly TimeSpan _usualTimeToMake = TimeSpan.FromSeconds(1);

    private const string StillMaking = "the constructor of an earlier launch has still not returned: the agent must be restarted, or the plugin run with isolation: process";

    /// <summary>The constructors that are running, by node: each has a thread, and no node may have more than one.</summary>
    private readonly ConcurrentDictionary<string, Task> _making = new(StringComparer.Ordinal);

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        if (_making.TryGetValue(spec.Node, out Task? earlier) && !earlier.IsCompleted)
        {
            listener.LaunchFailed(StillMaking, isPermanent: true); // another try would hang as this one, on another thread
            return;
        }

        _ = RunAsync(spec, listener);
    }

    private async Task RunAsync(LaunchSpec spec, IInstanceListener listener)
    {
        var instance = new InProcessInstance(listener);

        // On a thread of its own: a constructor that never returns takes only that with it.
        Task<Made> making = Task.Factory.StartNew(() => Make(spec, instance), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        _making[spec.Node] = making;
        bool isLate = await IsLateAsync(making).ConfigureAwait(false);
        if (isLate)
        {
            listener.Launched(instance); // from now on it can be given up
            instance.Print(OutputStream.Error, $"[the constructor of the plugin has not returned after {_usualTimeToMake.TotalSeconds:0} s]");
        }

        Made made = await making.ConfigureAwait(false);
        _making.TryRemove(KeyValuePair.Create<string, Task>(spec.Node, making));
        if (made.Life is not { } life)
        {
            TellFailure(made, isLate, instance, listener);
            return;
        }

        if (!isLate)
        {
            instance.Life = life;
            listener.Launched(instance);
        }

        if (!instance.HasEnded)
        {
            instance.Life = life;
            await LiveAsync(life, instance).ConfigureAwait(false);
        }

        Unload(made.Context!);
    }

    private async Task<bool> IsLateAsync(Task making)
    {
        try
        {
            await making.WaitAsync(_usualTimeToMake, _time).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private static void TellFailure(Made made, bool isLate, InProcessInstance instance, IInstanceListener listener)
    {
        if (isLate)
        {
            instance.Print(OutputStream.Error, made.Failure!);
            instance.End(1);
        }
        else
        {
            listener.LaunchFailed(made.Failure!, made.IsPermanent);
        }
    }

    private static async Task LiveAsync(PluginLife life, InProcessInstance instance)
    {
        string? failure;
        try
        {
            failure = await life.RunAsync(instance.Stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = PluginFailures.Threw("its life", e); // its end is to be told, whatever ended it
        }

        instance.Life = null;
        if (failure is not null)
        {
            instance.Print(OutputStream.Error, failure);
        }

        instance.End(failure is null ? 0 : 1);
    }

    private Made Make(LaunchSpec spec, InProcessInstance instance)
    {
        try
        {
            NodePluginContext told = CreateContext(spec, instance);
            INodePlugin plugin = PluginLoader.Create(spec.Exec, spec.Manifest.Run.Type, isUnloadable: true, out PluginLoadContext loaded);
            return new Made(new PluginLife(plugin, told), new WeakReference<PluginLoadContext>(loaded), null, false);
        }
        catch (LocalCastException e)
        {
            return new Made(null, null, e.Message, IsPermanent: e.Code == LocalCastError.BadRequest);
        }
        catch (Exception e)
        {
            return new Made(null, null, PluginFailures.OneLine(e.Message), IsPermanent: e is JsonException or UnauthorizedAccessException); // whatever it was, somebody waits for an answer
        }
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

    private static void Unload(WeakReference<PluginLoadContext> context)
    {
        if (context.TryGetTarget(out PluginLoadContext? loaded))
        {
            loaded.Unload();
        }
    }

    /// <summary>A plugin that was made, or why it could not be.</summary>
    private sealed record Made(PluginLife? Life, WeakReference<PluginLoadContext>? Context, string? Failure, bool IsPermanent);
}
