using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Dht;

/// <summary>
/// The table as its users see it: each entry is kept by the nodes nearest to its key. Passive: time comes in as a value, since some beginning; one thread at a time.
/// </summary>
public sealed class KeyValueTable
{
    private const int LongestKey = 256;

    private readonly DhtSettings _settings;
    private readonly VirtualNode[] _nodes;
    private readonly Dictionary<string, Entry> _all = new(StringComparer.Ordinal); // what the bounds are about; the values are in the nodes
    private long _bytes;
    private long _lookups;
    private long _hops;

    /// <summary>Makes the nodes and lets each of them join through the first.</summary>
    /// <param name="settings">The bounds.</param>
    /// <param name="seed">What the places are made of.</param>
    public KeyValueTable(DhtSettings settings, string seed)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _nodes = [.. Enumerable.Range(0, settings.Nodes).Select(i => new VirtualNode(NodeId.Of($"{seed}#{i}"), settings.BucketSize))];
        foreach (VirtualNode node in _nodes.AsSpan(1))
        {
            node.Contacts.Add(_nodes[0]);
        }

        foreach (VirtualNode node in _nodes)
        {
            new Lookup(node, node.Id, settings.BucketSize).Run();
        }

        // Then each fills its buckets, those that can hold anybody: the early ones could not find who came after them.
        int deepest = NodeId.Bits - 2 - (2 * int.Log2(_nodes.Length));
        foreach (VirtualNode node in _nodes)
        {
            for (int bucket = NodeId.Bits - 1; bucket > deepest; bucket--)
            {
                new Lookup(node, node.Id.Flip(bucket), settings.BucketSize).Run();
            }
        }
    }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<VirtualNode> Nodes => _nodes;

    /// <summary>Keeps a value for a time.</summary>
    /// <returns>How many nodes keep it.</returns>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/>, <see cref="LocalCastError.TooLarge"/>, or <see cref="LocalCastError.Busy"/> when the table is full.</exception>
    public int Put(string key, string json, int? ttlSeconds, TimeSpan now)
    {
        CheckKey(key);
        int size = Encoding.UTF8.GetByteCount(json);
        if (size > _settings.MaxValueBytes)
        {
            throw new LocalCastException(LocalCastError.TooLarge, $"a value has at most {_settings.MaxValueBytes} bytes, this one has {size}");
        }

        int ttl = ttlSeconds ?? _settings.TtlSeconds;
        if (ttl < 1 || ttl > _settings.MaxTtlSeconds)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"an entry is kept for 1 to {_settings.MaxTtlSeconds} s, not {ttl}");
        }

        MakeRoom(key, size, now);
        Forget(key);
        var entry = new Entry(json, now + TimeSpan.FromSeconds(ttl));
        VirtualNode[] keepers = KeepersOf(key);
        foreach (VirtualNode node in keepers)
        {
            node.Store(key, entry);
        }

        _all[key] = entry;
        _bytes += size;
        return keepers.Length;
    }

    /// <summary>The value of a key; <see langword="null"/> when there is none, or no more.</summary>
    public string? Get(string key, TimeSpan now)
    {
        CheckKey(key);
        foreach (VirtualNode node in NearestTo(key)) // more than keep it: the three that one search finds are not always those of another
        {
            if (node.FindValue(key, now) is { } entry)
            {
                return entry.Json;
            }
        }

        return null;
    }

    /// <summary>Drops a key.</summary>
    /// <returns>Whether it had a value.</returns>
    public bool Delete(string key, TimeSpan now)
    {
        CheckKey(key);
        bool wasThere = _all.TryGetValue(key, out Entry? entry) && !entry.IsOver(now);
        Forget(key);
        return wasThere;
    }

    /// <summary>Where a key belongs.</summary>
    public Place Find(string key)
    {
        CheckKey(key);
        var place = NodeId.Of(key);
        return new Place(place.ToString(), [.. KeepersOf(key).Select(node => new Keeper(node.Id.ToString(), node.Id.DistanceTo(place).ToString()))]);
    }

    /// <summary>The table in numbers.</summary>
    public TableStats Stats(TimeSpan now)
    {
        Sweep(now);
        return new TableStats(
            _nodes.Length, _all.Count, _bytes, _nodes.Sum(node => node.Count), _nodes.Average(node => node.Contacts.Count), _lookups, _lookups == 0 ? 0 : (double)_hops / _lookups);
    }

    private VirtualNode[] KeepersOf(string key) => [.. NearestTo(key).Take(_settings.Copies)];

    private IReadOnlyList<VirtualNode> NearestTo(string key)
    {
        var place = NodeId.Of(key);
        VirtualNode start = _nodes[_lookups % _nodes.Length]; // each has its turn to be the one that is asked
        var lookup = new Lookup(start, place, _settings.BucketSize);
        IReadOnlyList<VirtualNode> nearest = lookup.Run();
        _lookups++;
        _hops += lookup.Hops;
        return nearest;
    }

    private void MakeRoom(string key, int size, TimeSpan now)
    {
        if (HasRoom(key, size))
        {
            return;
        }

        Sweep(now);
        if (!HasRoom(key, size))
        {
            throw new LocalCastException(LocalCastError.Busy, $"the table is full: {_all.Count} entries with {_bytes} bytes");
        }
    }

    private bool HasRoom(string key, int size)
    {
        bool isThere = _all.TryGetValue(key, out Entry? old);
        long freed = isThere ? Encoding.UTF8.GetByteCount(old!.Json) : 0;
        return _all.Count + (isThere ? 0 : 1) <= _settings.MaxEntries && _bytes - freed + size <= _settings.MaxTotalBytes;
    }

    private void Sweep(TimeSpan now)
    {
        foreach ((string key, Entry entry) in _all)
        {
            if (entry.IsOver(now))
            {
                _all.Remove(key);
                _bytes -= Encoding.UTF8.GetByteCount(entry.Json);
            }
        }

        foreach (VirtualNode node in _nodes)
        {
            node.Sweep(now);
        }
    }

    private void Forget(string key)
    {
        if (_all.Remove(key, out Entry? entry))
        {
            _bytes -= Encoding.UTF8.GetByteCount(entry.Json);
            foreach (VirtualNode node in _nodes)
            {
                node.Remove(key);
            }
        }
    }

    private static void CheckKey(string? key)
    {
        if (key is not { Length: > 0 and <= LongestKey })
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"a key has 1 to {LongestKey} characters");
        }
    }
}

/// <summary>Where a key belongs.</summary>
/// <param name="Id">The key's place.</param>
/// <param name="Nodes">Who keeps it, the nearest first.</param>
public sealed record Place(string Id, IReadOnlyList<Keeper> Nodes);

/// <summary>A node that keeps an entry.</summary>
/// <param name="Id">Its place.</param>
/// <param name="Distance">How far that is from the key's.</param>
public sealed record Keeper(string Id, string Distance);

/// <summary>The table in numbers.</summary>
/// <param name="Nodes">Virtual nodes.</param>
/// <param name="Entries">Entries that are not over.</param>
/// <param name="Bytes">Bytes of their values.</param>
/// <param name="Copies">Copies of entries in all nodes.</param>
/// <param name="Contacts">How many others a node knows, on average.</param>
/// <param name="Lookups">Searches since the start.</param>
/// <param name="Hops">Rounds of a search, on average.</param>
public sealed record TableStats(int Nodes, int Entries, long Bytes, int Copies, double Contacts, long Lookups, double Hops);
