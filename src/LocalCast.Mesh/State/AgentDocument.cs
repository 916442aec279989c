using System.Text.Json.Serialization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What one agent says of itself to the whole mesh. Only it writes it; everybody else passes it on as it is.</summary>
public sealed record AgentDocument
{
    // The generated reader sets what is absent to null, past the initializers.
    private readonly IReadOnlyList<NodeDescription> _nodes = [];
    private readonly IReadOnlyList<string> _groups = [];
    private readonly IReadOnlyList<DocumentNeighbour> _neighbours = [];
    private Dictionary<string, DocumentNeighbour>? _links;

    /// <summary>The agent.</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Its start; with <see cref="Seq"/> the version.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Boot { get; init; }

    /// <summary>Grows with every change.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Seq { get; init; }

    /// <summary>When the agent was born, by <see cref="AgentBirth"/>: unlike <see cref="Boot"/> it stays, whatever the agent has to outbid. Agents that do not say it count as older than all others.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Born { get; init; }

    /// <summary>It left and will write no more.</summary>
    public bool? Left { get; init; }

    /// <summary>Nothing passes through it.</summary>
    public bool? Leaf { get; init; }

    /// <summary>The participants on its machine, with methods and topics.</summary>
    public IReadOnlyList<NodeDescription> Nodes
    {
        get => _nodes;
        init => _nodes = value ?? [];
    }

    /// <summary>The groups whose messages it may see.</summary>
    public IReadOnlyList<string> Groups
    {
        get => _groups;
        init => _groups = value ?? [];
    }

    /// <summary>The agents that it has links to.</summary>
    public IReadOnlyList<DocumentNeighbour> Neighbours
    {
        get => _neighbours;
        init => (_neighbours, _links) = (value ?? [], null);
    }

    /// <summary>The agent's signature over the document, when it has a key.</summary>
    public string? Signature { get; init; }

    internal DocumentVersion Version => new(Boot, Seq);

    internal bool HasNull => Groups.Contains(null!) || Neighbours.Contains(null!)
        || Nodes.Any(node => node is null || node.Topics?.Contains(null!) == true || node.Methods?.Contains(null!) == true || node.Requires?.Contains(null!) == true);

    /// <summary>What the agent says of its link to a neighbour; nothing when it has none. Looked up far more often than documents change.</summary>
    internal DocumentNeighbour? LinkTo(string neighbour)
    {
        if (_links is null)
        {
            _links = new Dictionary<string, DocumentNeighbour>(Neighbours.Count, StringComparer.Ordinal);
            foreach (DocumentNeighbour entry in Neighbours)
            {
                _links[entry.Id] = entry;
            }
        }

        return _links.GetValueOrDefault(neighbour);
    }

    /// <summary>What the agent says that its link to another costs; 0 when it has none, or means an agent of that id that is no more.</summary>
    internal int CostTo(AgentDocument other) => LinkTo(other.Id) is { } link && AgentBirth.MayBeOne(link.Born, other.Born) ? link.Cost : 0;
}

/// <summary>A link, as one of its ends sees it.</summary>
public sealed record DocumentNeighbour
{
    /// <summary>The agent on the other side.</summary>
    public required string Id { get; init; }

    /// <summary>The round trip in microseconds.</summary>
    public required int Cost { get; init; }

    /// <summary>When that agent was born, as it said when the link opened: an agent that comes back may have other links, and documents of both its lives are about for a while.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Born { get; init; }
}

/// <summary>Which of two documents of an agent is newer.</summary>
internal readonly record struct DocumentVersion(ulong Boot, ulong Seq) : IComparable<DocumentVersion>
{
    public static bool operator >(DocumentVersion left, DocumentVersion right) => left.CompareTo(right) > 0;

    public static bool operator <(DocumentVersion left, DocumentVersion right) => left.CompareTo(right) < 0;

    public int CompareTo(DocumentVersion other) => Boot != other.Boot ? Boot.CompareTo(other.Boot) : Seq.CompareTo(other.Seq);
}
