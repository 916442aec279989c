using System.Text.Json;

namespace LocalCast;

/// <summary>What a plugin is told before its node joins.</summary>
public sealed class NodePluginContext
{
    /// <summary>The name by which the node will join.</summary>
    public required string Name { get; init; }

    /// <summary>The version that the manifest names.</summary>
    public string? Version { get; init; }

    /// <summary>A folder of the node's own for what it keeps; exists, and outlives the instance.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder with the manifest and what came with it. Use this instead of <c>Assembly.Location</c>, which is empty: assemblies are loaded from memory, so that they can be replaced.</summary>
    public required string PluginFolder { get; init; }

    /// <summary>What <c>run.settings</c> of the manifest says.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>How the node will join. Name, pipe and version are set already.</summary>
    public required LocalNodeOptions Node { get; init; }

    /// <summary>Writes a line to the node's log.</summary>
    public required Action<string> Log { get; init; }
}
