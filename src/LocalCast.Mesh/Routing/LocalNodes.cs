using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>The participants of this machine, whether other agents are told of them or not.</summary>
internal sealed class LocalNodes
{
    public IReadOnlyList<NodeDescription> All { get; private set; } = [];

    /// <summary>Grows with each change.</summary>
    public long Changes { get; private set; }

    /// <summary>Takes in all of them as they are now, without what changes by itself.</summary>
    public void Set(IReadOnlyList<NodeDescription> nodes) => (All, Changes) = ([.. nodes.Select(node => node with { UptimeMs = null })], Changes + 1);
}
