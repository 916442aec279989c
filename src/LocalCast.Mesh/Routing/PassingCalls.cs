using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Calls of other agents that pass through this one: the answer goes back the way the call came, and who waits learns at once when the way ahead breaks.</summary>
internal sealed class PassingCalls(int most, int mostPerLink)
{
    /// <summary>An answer may still come a little after the deadline.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string From, string Id), Passing> _calls = [];
    private readonly Shares<PeerLink> _shares = new(mostPerLink);

    public bool TryAdd(Envelope call, PeerLink from, PeerLink to, TimeSpan now)
    {
        if (_calls.Count >= most || !_shares.TryTake(from))
        {
            return false;
        }

        _calls[(call.From!, call.Id!)] = new Passing(from, to, call.To!, now + TimeSpan.FromMilliseconds(call.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs) + Grace);
        return true;
    }

    /// <summary>Whether the call passed already. The second copy gets no answer of its own: that would be taken for the answer to the first.</summary>
    public bool Holds(Envelope call) => _calls.ContainsKey((call.From!, call.Id!));

    /// <summary>The way back for an answer.</summary>
    public PeerLink? TakeWayBack(string caller, string id)
    {
        if (!_calls.Remove((caller, id), out Passing? passing))
        {
            return null;
        }

        _shares.Return(passing.From);
        return passing.From;
    }

    /// <summary>The way that a call went, for what follows it.</summary>
    public PeerLink? WayAhead(string caller, string id) => _calls.TryGetValue((caller, id), out Passing? passing) ? passing.To : null;

    /// <summary>A link ended: takes out the calls that went over it.</summary>
    public List<(string From, string Id, PeerLink Back)> TakeBroken(PeerLink link)
    {
        List<(string, string, PeerLink)> broken = [];
        foreach (((string From, string Id) key, Passing passing) in _calls.ToArray())
        {
            if (passing.To == link)
            {
                TakeWayBack(key.From, key.Id);
                broken.Add((key.From, key.Id, passing.From));
            }
        }

        return broken;
    }

    /// <summary>A link ended: takes out the calls that came over it. Their callers know already, their callees do not.</summary>
    public List<(string From, string Id, string Callee, PeerLink Ahead)> TakeAbandoned(PeerLink link)
    {
        List<(string, string, string, PeerLink)> abandoned = [];
        foreach (((string From, string Id) key, Passing passing) in _calls.ToArray())
        {
            if (passing.From == link)
            {
                TakeWayBack(key.From, key.Id);
                abandoned.Add((key.From, key.Id, passing.Callee, passing.To));
            }
        }

        return abandoned;
    }

    public void Expire(TimeSpan now)
    {
        foreach (((string From, string Id) key, Passing passing) in _calls.ToArray())
        {
            if (now >= passing.Until)
            {
                TakeWayBack(key.From, key.Id);
            }
        }
    }

    private sealed record Passing(PeerLink From, PeerLink To, string Callee, TimeSpan Until);
}
