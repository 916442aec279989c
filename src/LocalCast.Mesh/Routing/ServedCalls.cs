using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Calls, and publications to one, that nodes of this machine are working on. Each is answered once.</summary>
internal sealed class ServedCalls(int most, int mostPerCaller)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, Served> _byHandle = [];
    private readonly Dictionary<(string From, string Id), long> _byId = [];
    private readonly Shares<string> _shares = new(mostPerCaller);
    private long _lastHandle;

    public int Count => _byHandle.Count;

    public bool TryAdd(Envelope message, string node, PeerLink? from, TimeSpan deadline, out long handle)
    {
        handle = 0;
        if (_byHandle.Count >= most || _byId.ContainsKey((message.From!, message.Id!)) || !_shares.TryTake(ShareOf(message.From!, from)))
        {
            return false;
        }

        _byId.Add((message.From!, message.Id!), _lastHandle + 1);
        handle = ++_lastHandle;
        _byHandle.Add(handle, new Served(message.Type, node, message.From!, message.Id!, from, deadline + Grace));
        return true;
    }

    public Served? Take(long handle)
    {
        if (_byHandle.Remove(handle, out Served? served))
        {
            _byId.Remove((served.From, served.Id));
            _shares.Return(ShareOf(served.From, served.Link));
        }

        return served;
    }

    /// <summary>The caller gave up.</summary>
    /// <returns>The handle, or 0.</returns>
    public long TakeCancelled(string from, string id)
    {
        long handle = _byId.GetValueOrDefault((from, id));
        return Take(handle) is null ? 0 : handle;
    }

    /// <summary>The link that calls came by ended: whoever passed them on has told their callers so, and nobody waits any more.</summary>
    public List<long> TakeBroken(PeerLink link)
    {
        List<long> broken = [.. _byHandle.Where(pair => pair.Value.Link == link && pair.Value.Type == MessageType.Call).Select(pair => pair.Key)];
        foreach (long handle in broken)
        {
            Take(handle);
        }

        return broken;
    }

    /// <summary>Who has the share: a neighbour, for all that it passes on. It could invent callers, and take the room of all with them.</summary>
    private static string ShareOf(string caller, PeerLink? link) => link?.PeerId ?? caller;

    public void Expire(TimeSpan now)
    {
        foreach ((long handle, Served served) in _byHandle.ToArray())
        {
            if (now >= served.Until)
            {
                Take(handle);
            }
        }
    }

    /// <summary>One of them.</summary>
    internal sealed record Served(MessageType Type, string Node, string From, string Id, PeerLink? Link, TimeSpan Until);
}
