using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>Where an agent's nodes are described: plugin folders, and the configuration.</summary>
internal sealed class PluginSources(AgentOptions options)
{
    private const string Usual = "plugins";

    private readonly PluginFolders _folders = new(new ManifestReader(ExecutableSearch.OfThisProcess()));

    /// <summary>The folders of plugin folders.</summary>
    public IReadOnlyList<string> Directories { get; } = options.ArePluginsEnabled ? [.. (options.PluginDirectories ?? [Usual]).Select(Path.GetFullPath)] : [];

    /// <summary>Reads everything, as it is now.</summary>
    public PluginScan Read()
    {
        string file = options.ConfigurationPath ?? "";
        string folder = Path.GetDirectoryName(Path.GetFullPath(file.Length > 0 ? file : ".")) ?? "/";
        return _folders.Scan(
            [.. Directories.Select(directory => new PluginDirectory(directory, IsExplicit: options.PluginDirectories is not null))],
            options.ArePluginsEnabled ? [.. options.NodeOverrides.Select(node => new NodeOverride(node.Key, node.Value, file, folder))] : []);
    }
}
