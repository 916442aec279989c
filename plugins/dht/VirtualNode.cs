namespace LocalCast.Plugins.Dht;

/// <summary>One node of the table: a place, whom it knows, and the entries that it keeps. It answers two questions, as a Kademlia node does over a network.</summary>
public sealed class VirtualNode(NodeId id, int bucketSize)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Its place.</summary>
    public NodeId Id { get; } = id;

    /// <summary>Whom it knows.</summary>
    public RoutingTable Contacts { get; } = new(id, bucketSize);

    /// <summary>How many entries it keeps.</summary>
    public int Count => _entries.Count;

    /// <summary>FIND_NODE: who is nearest to a place, as far as it knows? It gets to know who asks.</summary>
    public IReadOnlyList<VirtualNode> FindNode(VirtualNode asker, NodeId place)
    {
        Contacts.Add(asker);
        return Contacts.Nearest(place);
    }

    /// <summary>FIND_VALUE: its entry, unless that is over.</summary>
    public Entry? FindValue(string key, TimeSpan now)
    {
        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            return null;
        }

        if (!entry.IsOver(now))
        {
            return entry;
        }

        _entries.Remove(key);
        return null;
    }

    /// <summary>STORE: keeps an entry.</summary>
    public void Store(string key, Entry entry) => _entries[key] = entry;

    /// <summary>Drops an entry.</summary>
    public bool Remove(string key) => _entries.Remove(key);

    /// <summary>Drops what is over.</summary>
    public void Sweep(TimeSpan now)
    {
        foreach ((string key, Entry entry) in _entries)
        {
            if (entry.IsOver(now))
            {
                _entries.Remove(key); // which a dictionary allows while it is gone through
            }
        }
    }
}

/// <summary>A value that is kept.</summary>
/// <param name="Json">The value.</param>
/// <param name="Until">When it is over.</param>
public sealed record Entry(string Json, TimeSpan Until)
{
    /// <summary>Whether it is over.</summary>
    public bool IsOver(TimeSpan now) => now >= Until;
}
