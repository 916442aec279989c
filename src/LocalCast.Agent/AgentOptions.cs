using LocalCast.Agent.Mesh;
using LocalCast.Broadcasting;

namespace LocalCast.Agent;

/// <summary>Everything about an agent that can be set.</summary>
public sealed class AgentOptions
{
    /// <summary>The pipe: a simple name, or a rooted path.</summary>
    /// <value>what the environment variable LOCALCAST_PIPE says, else <c>localcast</c></value>
    public string? Pipe { get; set; }

    /// <summary>The agent's name and id, its bounds and its times.</summary>
    public BroadcasterOptions Broadcaster { get; set; } = new();

    /// <summary>What is logged, and where to.</summary>
    public AgentLoggingOptions Logging { get; set; } = new();

    /// <summary>How long stopping may take before what still hangs is left behind.</summary>
    /// <value>10 s</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether plugins are run.</summary>
    /// <value><see langword="true"/></value>
    public bool ArePluginsEnabled { get; set; } = true;

    /// <summary>The folders whose subfolders are plugins.</summary>
    /// <value><see langword="null"/>: <c>plugins</c> in the working directory, if it is there</value>
    public IReadOnlyList<string>? PluginDirectories { get; set; }

    /// <summary>Changes to the manifests of nodes, and whole manifests of others: JSON objects by the nodes' names.</summary>
    public IReadOnlyDictionary<string, string> NodeOverrides { get; set; } = new Dictionary<string, string>();

    /// <summary>The folder for what the agent keeps: logs of nodes, their history, their own data.</summary>
    /// <value><see langword="null"/>: <c>localcast/PIPE-DIGEST</c> in <c>$XDG_STATE_HOME</c>, else in <c>~/.local/state</c>; on Windows in the user's local application data</value>
    public string? DataFolder { get; set; }

    /// <summary>The mesh of agents.</summary>
    public MeshSettings Mesh { get; set; } = new();

    /// <summary>The configuration file that was read, if any. Relative paths of <see cref="NodeOverrides"/> start in its folder.</summary>
    public string? ConfigurationPath { get; set; }
}
