using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>
/// Calls to a node that is not there, not ready, or held: has them wait, and delivers them in order once it serves. <see cref="Waking"/> asks the keeper before.
/// It alone opens and closes the nodes for calls, so that none overtakes one that waits. Never hot: a call to a node that is open does not come here.
/// </summary>
/// <remarks>Its lock is taken before that of the membership, of a session's calls and of an outbox, and never the other way round.</remarks>
internal sealed class Parking
{
    private readonly Hub _hub;
    private readonly ParkingLot _lot = new();
    private readonly Lock _lock = new();

    public Parking(Hub hub)
    {
        _hub = hub;
        Ends = new ParkingEnds(hub, _lot, _lock);
    }

    /// <summary>For calls that wait no longer although their node does not serve.</summary>
    public ParkingEnds Ends { get; }

    /// <summary>Whether any call waits; read without the lock.</summary>
    public bool HasCalls => _lot.Count > 0;

    public int Count => _lot.Count;

    public bool IsHeld(Channel channel)
    {
        lock (_lock)
        {
            return _lot.TryFind(channel, out ParkedCalls? parked) && parked.IsHeld;
        }
    }

    public bool HasCallsFor(Channel channel)
    {
        lock (_lock)
        {
            return _lot.TryFind(channel, out ParkedCalls? parked) && parked.Count > 0;
        }
    }

    /// <summary>Delivers a call if the node serves by now, or has it wait if it soon will: where the name is held, or others are about to be delivered.</summary>
    /// <param name="failures">How often the node has failed so far, for <see cref="TryPark"/>.</param>
    /// <returns>Whether that is the end of it, with an error or without.</returns>
    public bool TrySettle(in CallWish wish, in Packet packet, DeliveryBatch batch, out Session? node, out int failures, out ErrorInfo? error)
    {
        lock (_lock)
        {
            failures = _lot.FailuresOf(packet.To);
            return TrySettle_NeedsLock(wish, packet, batch, mayPark: false, out node, out error);
        }
    }

    /// <summary>Delivers a call, or has it wait.</summary>
    /// <returns>Whether that is the end of it; not when the node has failed since: nobody would wake what waits now.</returns>
    public bool TryPark(in CallWish wish, in Packet packet, DeliveryBatch batch, int failures, out ErrorInfo? error)
    {
        error = null;
        lock (_lock)
        {
            return failures == _lot.FailuresOf(packet.To) && TrySettle_NeedsLock(wish, packet, batch, mayPark: true, out _, out error);
        }
    }

    /// <summary>A session may serve from now on: what waits for it goes first, then it is open.</summary>
    public void Open(Session node)
    {
        var work = new Release(_hub);
        lock (_lock)
        {
            Open_NeedsLock(node, work);
        }

        work.Finish();
    }

    /// <summary>A node was asked to stop: it gets no more calls.</summary>
    public void Drain(Session node)
    {
        lock (_lock)
        {
            node.Member!.IsDraining = true;
            Close_NeedsLock(node);
        }
    }

    /// <summary>From now on, calls to a name wait.</summary>
    public void Hold(string name)
    {
        var channel = Channel.OfName(name);
        lock (_lock)
        {
            _lot.PlaceOf(channel, name).IsHeld = true;
            if (_hub.Membership.TryFind(channel, out Session? node))
            {
                Close_NeedsLock(node);
            }
        }
    }

    /// <summary>Delivers what waits for a name to whoever has it; nothing waits from now on that need not.</summary>
    public void Release(string name)
    {
        var channel = Channel.OfName(name);
        var work = new Release(_hub);
        lock (_lock)
        {
            if (_lot.TryFind(channel, out ParkedCalls? parked))
            {
                parked.IsHeld = false;
                _lot.RemoveIfEmpty(channel, parked);
            }

            if (_hub.Membership.TryFind(channel, out Session? node))
            {
                Open_NeedsLock(node, work);
            }
        }

        work.Finish();
    }

    /// <summary>Gives a name to another session. What waits for it is delivered there, unless it is held.</summary>
    public MoveResult Move(string name, long tag, out Session? former, out Session? successor)
    {
        var work = new Release(_hub);
        lock (_lock)
        {
            MoveResult result = _hub.Membership.Move(name, tag, out former, out successor);
            if (result != MoveResult.Moved)
            {
                return result;
            }

            if (former is not null)
            {
                Close_NeedsLock(former);
            }

            Open_NeedsLock(successor!, work);
        }

        work.Finish();
        return MoveResult.Moved;
    }

    /// <summary>Delivers a call, or has it wait: where the name is held, or the node serves and others are about to be delivered, and else only when that was asked for.</summary>
    /// <returns>Whether that is the end of it, with an error or without.</returns>
    private bool TrySettle_NeedsLock(in CallWish wish, in Packet packet, DeliveryBatch batch, bool mayPark, out Session? node, out ErrorInfo? error)
    {
        error = null;
        Channel channel = packet.To;
        _hub.Membership.TryFind(channel, out node);
        _lot.TryFind(channel, out ParkedCalls? parked);
        if (parked is null && node is { Member.Serves: true })
        {
            node.TakesCalls = true;
            if (_hub.Calls.TryForward(wish.Caller, node, packet, batch, out error))
            {
                return true;
            }

            node = null; // it has just left
        }

        bool isSoon = parked is { IsHeld: true } || (parked is not null && node is { Member.Serves: true });
        if (!mayPark && !isSoon)
        {
            return false;
        }

        CallWish named = wish with { Name = parked?.Name ?? node?.Member!.Name ?? wish.Name ?? channel.ToString() };
        error = _lot.TryAdd(named, packet, batch.Now, _hub.DeadlineOf(packet, batch.Now), _hub.Options);
        return true;
    }

    private void Open_NeedsLock(Session node, Release work)
    {
        Channel channel = node.Member!.Channel;
        if (!node.Member.Serves || !_hub.Membership.TryFind(channel, out Session? holder) || holder != node)
        {
            return;
        }

        if (_lot.TryFind(channel, out ParkedCalls? parked))
        {
            if (parked.IsHeld)
            {
                return;
            }

            int before = parked.Count;
            bool isDone = parked.TakeInOrder(call => work.TryDeliver(call, node));
            _lot.Count -= before - parked.Count;
            if (!isDone)
            {
                return; // it has left: what is left waits on
            }

            _lot.RemoveIfEmpty(channel, parked);
        }

        node.TakesCalls = true;
    }

    private static void Close_NeedsLock(Session node)
    {
        lock (node.CallsLock)
        {
            node.TakesCalls = false;
        }
    }
}
