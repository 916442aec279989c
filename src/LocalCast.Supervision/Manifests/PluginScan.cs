namespace LocalCast.Supervision;

/// <summary>What the plugin folders and the agent's configuration hold. Each name is in <paramref name="Manifests"/> or in <paramref name="Broken"/>, once.</summary>
/// <param name="Manifests">The nodes that can be run, by name.</param>
/// <param name="Broken">The nodes that cannot.</param>
/// <param name="Problems">Everything that is wrong, also what concerns no node.</param>
public sealed record PluginScan(IReadOnlyList<NodeManifest> Manifests, IReadOnlyList<BrokenNode> Broken, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>The files beside the manifests that were read, or are missing.</summary>
    public IEnumerable<string> EnvironmentFiles => Manifests.SelectMany(manifest => manifest.Run.EnvironmentFiles).Concat(Broken.SelectMany(broken => broken.EnvironmentFiles));
}

/// <summary>A folder whose subfolders are plugins.</summary>
/// <param name="Path">The folder.</param>
/// <param name="IsExplicit">Whether somebody asked for it, and so misses it when it is not there.</param>
public sealed record PluginDirectory(string Path, bool IsExplicit);
