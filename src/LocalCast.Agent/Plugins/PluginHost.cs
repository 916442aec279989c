using System.Text.Json;
using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast.Agent.Plugins;

/// <summary>A process that is one plugin: what <c>localcast plugin-host ASSEMBLY [--type TYPE]</c> does. Everything else comes by the environment.</summary>
public static class PluginHost
{
    /// <summary>Runs the plugin until the agent asks it to end, or the token is cancelled.</summary>
    /// <param name="arguments">The assembly, and <c>--type</c> with the type in it.</param>
    /// <param name="output">Gets what the plugin logs.</param>
    /// <param name="error">Gets one line that says what went wrong.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code: 0 after an end in order, else 1.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        string? failure = await TryRunAsync(arguments, output, stop).ConfigureAwait(false);
        if (failure is null)
        {
            return 0;
        }

        await error.WriteLineAsync($"plugin-host: {PluginFailures.OneLine(failure)}").ConfigureAwait(false);
        return 1;
    }

    private static async Task<string?> TryRunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken stop)
    {
        if (arguments is not ([_] or [_, "--type", _]))
        {
            return "usage: localcast plugin-host ASSEMBLY [--type TYPE]";
        }

        try
        {
            string assembly = Path.GetFullPath(arguments[0]);
            string? type = arguments.Count == 3 ? arguments[2] : null;
            NodePluginContext context = CreateContext(assembly, TextWriter.Synchronized(output));
            INodePlugin plugin = PluginLoader.Create(assembly, type, isUnloadable: false, out _);
            Directory.CreateDirectory(context.DataFolder); // not before it is clear that there is something to run
            return await new PluginLife(plugin, context).RunAsync(stop).ConfigureAwait(false);
        }
        catch (LocalCastException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return e.Message; // the data folder, or the settings
        }
    }

    private static NodePluginContext CreateContext(string assembly, TextWriter output)
    {
        string folder = PluginEnvironment.Find(PluginEnvironment.Plugin) ?? Path.GetDirectoryName(assembly)!;
        string data = PluginEnvironment.Find(PluginEnvironment.Data) ?? Path.Combine(folder, "data");
        string? version = PluginEnvironment.Find(PluginEnvironment.Version);
        return new NodePluginContext
        {
            Name = PluginEnvironment.RequireName(),
            Version = version,
            DataFolder = data,
            PluginFolder = folder,
            Settings = PluginSettings.Parse(PluginEnvironment.Find(PluginEnvironment.Settings)),
            Node = new LocalNodeOptions { Version = version },
            Log = output.WriteLine,
        };
    }
}
