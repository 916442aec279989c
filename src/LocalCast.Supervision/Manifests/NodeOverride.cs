namespace LocalCast.Supervision;

/// <summary>What the agent's configuration says about a node, under <c>nodes</c>: changes to a plugin's manifest, or a whole manifest.</summary>
/// <param name="Name">The node.</param>
/// <param name="Json">A JSON object. Its objects are merged over those of the manifest, everything else replaces what is there.</param>
/// <param name="File">The configuration file. For messages.</param>
/// <param name="Folder">Where the relative paths of a node start that has no plugin folder.</param>
public sealed record NodeOverride(string Name, string Json, string File, string Folder)
{
    /// <summary>Where it stands in the file.</summary>
    internal string Path => Internal.JsonPath.Append("nodes", Name);
}
