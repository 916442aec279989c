using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>What became of a document that came in.</summary>
internal enum DocumentVerdict
{
    /// <summary>It is newer than what was known.</summary>
    Accepted,

    /// <summary>It is known, or older.</summary>
    Old,

    /// <summary>It has this agent's own id.</summary>
    Own,

    /// <summary>It makes no sense, or there is no room.</summary>
    Refused,
}

/// <summary>The newest document of every other agent. Bounded. Passive.</summary>
internal sealed class DocumentStore(string ownId, MeshOptions options)
{
    /// <summary>How long it is remembered that an agent left, so that an old copy does not bring it back.</summary>
    public static readonly TimeSpan RememberLeft = TimeSpan.FromMinutes(10);

    /// <summary>A start that lies further in the future is a lie, or a clock that nobody can follow.</summary>
    private static readonly TimeSpan FarthestBoot = TimeSpan.FromHours(24);

    private const int MostListed = 4096;
    private readonly Dictionary<string, Stored> _documents = new(StringComparer.Ordinal);

    /// <summary>Asked for by every link, and of all documents: computed when one of them changed.</summary>
    private ulong? _digest;

    public IEnumerable<AgentDocument> All => _documents.Values.Select(stored => stored.Document);

    /// <summary>The documents of agents that can be reached, and are what their documents say.</summary>
    public IEnumerable<AgentDocument> Reachable => _documents.Values.Where(stored => stored.UnreachableSince is null && stored.Document.Left != true).Select(stored => stored.Document);

    /// <summary>The documents that are told to others: those to whose agents links lead, and be it to another life of theirs. Who bears the id has to hear of a version that is above its own.</summary>
    public IEnumerable<AgentDocument> Told => _documents.Values.Where(stored => stored.IsTold && stored.Document.Left != true).Select(stored => stored.Document);

    public int Count => _documents.Count;

    /// <summary>Grows whenever a document, or whether its agent can be reached, changes: what is made of them is then old.</summary>
    public long Changes { get; private set; }

    public bool TryFind(string id, [NotNullWhen(true)] out AgentDocument? document)
    {
        document = _documents.TryGetValue(id, out Stored? stored) ? stored.Document : null;
        return document is not null;
    }

    public bool IsReachable(string id) => _documents.TryGetValue(id, out Stored? stored) && stored.UnreachableSince is null && stored.Document.Left != true;

    public bool IsTold(string id) => _documents.TryGetValue(id, out Stored? stored) && stored.IsTold && stored.Document.Left != true;

    /// <summary>Whether a version is worth asking for.</summary>
    public bool IsNews(string id, DocumentVersion version) => id != ownId && (!_documents.TryGetValue(id, out Stored? stored) || version > stored.Document.Version);

    public DocumentVerdict Accept(AgentDocument document, MeshTime time)
    {
        if (document.Id == ownId)
        {
            return DocumentVerdict.Own;
        }

        if (WhatIsWrong(document, time.Wall) is not null)
        {
            return DocumentVerdict.Refused;
        }

        if (_documents.TryGetValue(document.Id, out Stored? old))
        {
            if (!(document.Version > old.Document.Version))
            {
                return DocumentVerdict.Old;
            }
        }
        else if (document.Left == true)
        {
            return DocumentVerdict.Old; // nothing is known that it could end
        }
        else if (_documents.Count >= options.MostDocuments && !TryMakeRoom())
        {
            return DocumentVerdict.Refused;
        }

        // Whether it can be reached is found out next; until then it counts as before, unless it is of another life: that may have other links.
        bool isSameLife = old is not null && AgentBirth.MayBeOne(old.Document.Born, document.Born);
        _digest = null;
        Changes++;
        _documents[document.Id] = new Stored(document) { UnreachableSince = isSameLife ? old!.UnreachableSince : old?.UnreachableSince ?? time.Now, IsTold = old?.IsTold == true };
        return DocumentVerdict.Accepted;
    }

    /// <summary>Notes which agents can be reached, and of which others are told.</summary>
    /// <returns>The agents that can be reached now and could not before, those of which it is the other way round, and those that are told of now and were not before.</returns>
    public (List<string> Arrived, List<string> Lost, List<string> Told) Mark(Predicate<string> isReachable, Predicate<string> isTold, TimeSpan now)
    {
        List<string> arrived = [];
        List<string> lost = [];
        List<string> told = [];
        foreach ((string id, Stored stored) in _documents)
        {
            bool isToTell = stored.Document.Left != true && isTold(id);
            if (isToTell != stored.IsTold)
            {
                (stored.IsTold, _digest) = (isToTell, null);
                told.AddRange(isToTell ? [id] : []);
            }

            bool isThere = stored.Document.Left != true && isReachable(id);
            if (isThere && stored.UnreachableSince is not null)
            {
                stored.UnreachableSince = null;
                arrived.Add(id);
            }
            else if (!isThere && stored.UnreachableSince is null)
            {
                stored.UnreachableSince = now;
                lost.Add(id);
            }
        }

        if (arrived.Count + lost.Count > 0)
        {
            Changes++;
        }

        return (arrived, lost, told);
    }

    public void Expire(TimeSpan now)
    {
        foreach ((string id, Stored stored) in _documents.ToArray())
        {
            if (!stored.IsTold && now - stored.UnreachableSince >= (stored.Document.Left == true ? RememberLeft : options.KeepUnreachable))
            {
                _documents.Remove(id);
                Changes++;
            }
        }
    }

    /// <summary>The same number for the same documents, in whatever order they came.</summary>
    public ulong Digest(AgentDocument own)
    {
        _digest ??= Told.Aggregate(0ul, (digest, document) => digest ^ HashOf(document));
        return _digest.Value ^ HashOf(own);
    }

    public static string? WhatIsWrong(AgentDocument document, DateTimeOffset wall) =>
        document.Id.Length is 0 or > 256 || document.Id.Any(char.IsControl) || document.Id.Contains('@', StringComparison.Ordinal) ? "its id is none"
        : document.Boot > (ulong)Math.Max(0, (wall + FarthestBoot).ToUnixTimeMilliseconds()) ? "its boot lies in the future"
        : document.Nodes.Count > MostListed || document.Neighbours.Count > MostListed || document.Groups.Count > MostListed ? "it lists too much"
        : document.Nodes.Any(node => node.Name.Length == 0) || document.Neighbours.Any(neighbour => neighbour.Cost <= 0) ? "an entry of it is empty"
        : null;

    private static ulong HashOf(AgentDocument document)
    {
        // FNV-1a, finished so that an exclusive-or of many does not cancel out.
        ulong hash = 14695981039346656037;
        foreach (char c in document.Id)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        hash = (hash ^ document.Boot) * 1099511628211;
        hash = (hash ^ document.Seq) * 1099511628211;
        hash = (hash ^ (hash >> 31)) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }

    private bool TryMakeRoom()
    {
        string? oldest = _documents.Values.Where(stored => stored.UnreachableSince is not null).MinBy(stored => stored.UnreachableSince)?.Document.Id;
        return oldest is not null && _documents.Remove(oldest);
    }

    private sealed class Stored(AgentDocument document)
    {
        public AgentDocument Document { get; } = document;

        public TimeSpan? UnreachableSince { get; set; }

        public bool IsTold { get; set; }
    }
}
