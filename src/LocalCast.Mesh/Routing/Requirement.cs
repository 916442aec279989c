using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>A participant waits until nodes are ready.</summary>
/// <param name="request">The number of its request.</param>
/// <param name="names">The nodes; at least one.</param>
/// <param name="fits">Which of several by that name will do; <see langword="null"/> for any.</param>
/// <param name="deadline">Until when it waits.</param>
/// <param name="freshness">How long ago nodes of others may have shown that they live; <see langword="null"/> when the word of their agents is enough.</param>
internal sealed class Requirement(long request, IReadOnlyList<string> names, Predicate<NodeDescription>? fits, TimeSpan deadline, TimeSpan? freshness)
{
    public long Request => request;

    public IReadOnlyList<string> Names => names;

    public Predicate<NodeDescription>? Fits => fits;

    public TimeSpan Deadline => deadline;

    public TimeSpan? Freshness => freshness;

    /// <summary>The place of a name that was missing at the last look. It is most likely missing still: as long as it is, the others need no look.</summary>
    public int Missing { get; set; }

    /// <summary>The round in which the agents of its nodes were last asked whether these live.</summary>
    public long AskedIn { get; set; } = -1;

    /// <summary>The node that is missing, without its agent.</summary>
    public string MissingNode => MeshAddress.Parse(names[Missing]).Node;
}
