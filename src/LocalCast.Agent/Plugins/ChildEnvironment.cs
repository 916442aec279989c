using System.Collections;
using LocalCast.Agent.Internal;
using LocalCast.Internal;
using LocalCast.Supervision;
using LocalCast.Transports;

namespace LocalCast.Agent.Plugins;

/// <summary>The whole environment of a process that the agent starts: the agent's own, the manifest's over it, and over both what says who the process is.</summary>
internal static class ChildEnvironment
{
    private static readonly string[] _ours =
    [
        PipeAddress.EnvironmentVariable, PluginEnvironment.Node, PluginEnvironment.Instance, PluginEnvironment.Version,
        PluginEnvironment.Data, PluginEnvironment.Plugin, PluginEnvironment.Settings,
    ];

    /// <summary>Builds it from this process's environment.</summary>
    /// <param name="manifest">The node.</param>
    /// <param name="pipe">Where the agent's pipe is, in full.</param>
    /// <param name="token">By which the agent knows the instance's session.</param>
    /// <param name="dataFolder">The node's own.</param>
    public static Dictionary<string, string> Create(NodeManifest manifest, string pipe, string token, string dataFolder)
    {
        IEnumerable<KeyValuePair<string, string>> inherited = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""))
            .Where(variable => !(SocketCompletions.IsSetHere && variable.Key == SocketCompletions.Variable)); // a setting of the agent's for itself
        return Create(inherited, manifest, pipe, token, dataFolder);
    }

    /// <summary>Builds it over another environment.</summary>
    internal static Dictionary<string, string> Create(
        IEnumerable<KeyValuePair<string, string>> inherited, NodeManifest manifest, string pipe, string token, string dataFolder)
    {
        var environment = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach ((string name, string value) in inherited.Concat(manifest.Run.Environment))
        {
            environment[name] = value;
        }

        foreach (string name in _ours)
        {
            environment.Remove(name); // an agent may itself be somebody's child
        }

        environment[PipeAddress.EnvironmentVariable] = pipe;
        environment[PluginEnvironment.Node] = manifest.Name;
        environment[PluginEnvironment.Instance] = token;
        environment[PluginEnvironment.Data] = dataFolder;
        environment[PluginEnvironment.Plugin] = manifest.Folder;
        AddIfAny(environment, PluginEnvironment.Version, manifest.Version);
        AddIfAny(environment, PluginEnvironment.Settings, manifest.Run.Settings);
        return environment;
    }

    private static void AddIfAny(Dictionary<string, string> environment, string name, string? value)
    {
        if (value is not null)
        {
            environment[name] = value;
        }
    }
}
