using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls that the keeper has to answer. Whoever takes one out answers it.</summary>
internal sealed class AgentCalls(Hub hub)
{
    public const int MostPerSession = 64;

    private readonly Dictionary<Session, List<AgentCall>> _open = [];
    private readonly Lock _lock = new();

    public bool HasOpen => _open.Count > 0;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Values.Sum(calls => calls.Count);
            }
        }
    }

    /// <summary>Offers a call to the keeper.</summary>
    /// <returns>Whether it took it, or it failed; <see langword="false"/> when the keeper does not know the method.</returns>
    public bool TryOffer(Session caller, in Packet packet, DeliveryBatch batch, out ErrorInfo? error)
    {
        error = null;
        if (!hub.Keeper.IsThere)
        {
            return false;
        }

        var call = new AgentCall(hub, caller, packet, hub.DeadlineOf(packet, batch.Now));
        error = packet is { Sequence: 0, Id.IsEmpty: true } || packet.Has(PacketFlags.Reply) ? new(LocalCastError.BadRequest, "a call needs an id")
            : packet.DeadlineMs == 0 ? new(LocalCastError.Timeout, "the call had no time left when it came")
            : TryAdd(call) ? null
            : new(LocalCastError.Busy, $"the caller waits for {MostPerSession} answers of the agent already") { RetryAfter = TimeSpan.FromMilliseconds(100) };
        if (error is not null)
        {
            return true;
        }

        switch (hub.Keeper.TryCall(call))
        {
            case true:
                return true;
            case null:
                call.Fail(new ErrorInfo(LocalCastError.Internal, $"a defect of the agent in '{call.Method}'"));
                return true;
            default:
                return !TryEnd(call);
        }
    }

    /// <summary>Takes a call out, to answer it or to leave it to another.</summary>
    public bool TryEnd(AgentCall call)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(call.Owner, out List<AgentCall>? calls) || !calls.Remove(call))
            {
                return false;
            }

            if (calls.Count == 0)
            {
                _open.Remove(call.Owner);
            }

            return true;
        }
    }

    public void Cancel(Session caller, string? id) =>
        GiveUp(Take(call => call.Owner == caller && call.IsNamed(id)), new(LocalCastError.Cancelled, "the caller gave up"));

    /// <summary>A caller left.</summary>
    public void Leave(Session caller) => GiveUp(Take(call => call.Owner == caller), error: null);

    public void Expire(TimeSpan now) =>
        GiveUp(Take(call => call.Deadline <= now), new(LocalCastError.Timeout, "the agent did not answer in time"));

    private bool TryAdd(AgentCall call)
    {
        lock (_lock)
        {
            if (call.Owner.HasLeft)
            {
                return false; // nobody would take it out
            }

            if (!_open.TryGetValue(call.Owner, out List<AgentCall>? calls))
            {
                calls = [];
                _open.Add(call.Owner, calls);
            }

            if (calls.Count >= MostPerSession)
            {
                return false;
            }

            calls.Add(call);
            return true;
        }
    }

    private List<AgentCall> Take(Predicate<AgentCall> which)
    {
        if (!HasOpen)
        {
            return [];
        }

        List<AgentCall> taken = [];
        lock (_lock)
        {
            foreach (AgentCall call in _open.Values.SelectMany(calls => calls))
            {
                if (which(call))
                {
                    taken.Add(call);
                }
            }
        }

        taken.RemoveAll(call => !TryEnd(call));
        return taken;
    }

    private void GiveUp(List<AgentCall> calls, ErrorInfo? error)
    {
        foreach (AgentCall call in calls)
        {
            Guarded.Run(hub, () => call.GiveUp(error));
        }
    }
}
