using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Waiting for nodes: answered with their descriptions once all are ready, or at the deadline with what is missing and why.</summary>
internal sealed class RequireRouter(Hub hub)
{
    private const int MostPerSession = 256;

    private static ErrorInfo TooMany => new(LocalCastError.Busy, $"a participant waits for at most {MostPerSession} requirements at a time");

    private readonly RequireTable<Exchange> _table = new();
    private readonly Lock _lock = new();

    public bool HasWaiting => _table.Count > 0;

    public int Count => _table.Count;

    public void Require(Session requester, in Packet packet, DeliveryBatch batch)
    {
        if (!RequiredNames.TryRead(packet, hub.Uplink, out IReadOnlyList<string> names, out bool isForMesh, out string? why))
        {
            Answer.WithError(requester, packet, MessageType.Required, new(LocalCastError.BadRequest, why!), batch);
            return;
        }

        if (isForMesh && hub.Uplink.Session is { } uplink && requester != uplink && !names.All(hub.Membership.IsReady) && TryRequireElsewhere(requester, uplink, names, packet, batch))
        {
            return;
        }

        var exchange = new Exchange(requester, 0, Answer.IdOf(packet));
        bool isFull = false;
        RequireTable<Exchange>.Waiting? waiting = null;
        lock (_lock)
        {
            // Under the lock: a node that becomes ready now is seen either here or by NodeReady.
            if (requester.HasLeft)
            {
                return;
            }

            if (!names.All(hub.Membership.IsReady))
            {
                isFull = CountOf_NeedsLock(requester) >= MostPerSession;
                if (!isFull)
                {
                    waiting = _table.Add(exchange, names, hub.DeadlineOf(packet, batch.Now));
                }
            }
        }

        if (waiting is not null)
        {
            Wake(waiting);
        }
        else if (isFull)
        {
            Answer.WithError(requester, packet, MessageType.Required, TooMany, batch);
        }
        else
        {
            SendRequired(exchange, names, batch, isForMesh ? hub.Uplink.AgentId : null);
        }
    }

    /// <summary>A node serves from now on.</summary>
    public void NodeReady(string name)
    {
        IReadOnlyList<RequireTable<Exchange>.Waiting> complete;
        lock (_lock)
        {
            complete = _table.TakeComplete(name, hub.Membership.IsReady);
        }

        foreach (RequireTable<Exchange>.Waiting waiting in complete)
        {
            Guarded.Run(hub, () => SendRequired(waiting.Requester, waiting.Names, batch: null));
        }
    }

    /// <summary>A node will not come: what waits for it fails.</summary>
    public void Fail(string name, ErrorInfo error)
    {
        IReadOnlyList<RequireTable<Exchange>.Waiting> failed;
        lock (_lock)
        {
            failed = _table.TakeNaming(name);
        }

        foreach (RequireTable<Exchange>.Waiting waiting in failed)
        {
            Guarded.Run(hub, () => Answer.Send(waiting.Requester.Owner, MessageType.Required, waiting.Requester.Id, default, error, batch: null));
        }
    }

    public void Leave(Session requester)
    {
        lock (_lock)
        {
            _table.Remove(exchange => exchange.Owner == requester);
        }
    }

    public void Expire(TimeSpan now)
    {
        IReadOnlyList<RequireTable<Exchange>.Waiting> expired;
        lock (_lock)
        {
            expired = _table.TakeExpired(now);
        }

        foreach (RequireTable<Exchange>.Waiting waiting in expired)
        {
            Guarded.Run(hub, () => SendMissing(waiting));
        }
    }

    /// <summary>Tells the keeper what is wanted, unless it has it held. One that it knows and that does not come is not waited for.</summary>
    private void Wake(RequireTable<Exchange>.Waiting waiting)
    {
        bool isHopeless = false;
        IEnumerable<string> missing = hub.Keeper.IsThere ? waiting.Names.Where(name => !hub.Membership.IsReady(name) && !hub.Parking.IsHeld(Channel.OfName(name))) : [];
        foreach (string name in missing.Distinct(StringComparer.Ordinal))
        {
            isHopeless |= hub.Keeper.Wake(name, waiting.Requester.Owner.Member!.Name) is { IsComing: false, MayCome: false, Reason: not null };
        }

        if (isHopeless)
        {
            lock (_lock)
            {
                isHopeless = _table.TryTake(waiting);
            }
        }

        if (isHopeless)
        {
            SendMissing(waiting);
        }
    }

    /// <returns><see langword="false"/> when the uplink has just ended: this machine is all there is.</returns>
    private bool TryRequireElsewhere(Session requester, Session uplink, IReadOnlyList<string> names, in Packet packet, DeliveryBatch batch)
    {
        if (IsFull(requester))
        {
            Answer.WithError(requester, packet, MessageType.Required, TooMany, batch);
            return true;
        }

        foreach (string name in names.Select(hub.Uplink.NameHere).OfType<string>().Where(name => hub.Waking.IsKept(Channel.OfName(name))))
        {
            hub.Keeper.Wake(name, requester.Member!.Name); // when it is ready, all agents are told, this one's uplink first
        }

        if (!hub.Calls.TryForward(requester, uplink, packet, batch, out ErrorInfo? error))
        {
            return false;
        }

        if (error is not null)
        {
            Answer.WithError(requester, packet, MessageType.Required, error, batch);
        }

        return true;
    }

    private bool IsFull(Session requester)
    {
        lock (_lock)
        {
            return CountOf_NeedsLock(requester) >= MostPerSession;
        }
    }

    /// <summary>What it waits for on this machine and elsewhere.</summary>
    private int CountOf_NeedsLock(Session requester) => _table.CountOf(waiting => waiting.Owner == requester) + Volatile.Read(ref requester.RequirementsOut);

    private string DescribeMissing(string name)
    {
        var channel = Channel.OfName(name);
        string state = hub.Membership.TryFind(channel, out Session? node)
            ? node.Member!.IsDraining ? "stopping" : "joined, not ready"
            : hub.Uplink.InsteadOf(channel) is not null ? "not on this machine; another agent has it: --mesh"
            : "not there";
        return $"{name} ({state}{Errors.Because(hub.Keeper.Explain(name))})";
    }

    private void SendMissing(RequireTable<Exchange>.Waiting waiting)
    {
        IEnumerable<string> missing = waiting.Names.Where(name => !hub.Membership.IsReady(name)).Distinct(StringComparer.Ordinal).Select(DescribeMissing);
        Answer.Send(waiting.Requester.Owner, MessageType.Required, waiting.Requester.Id, default, new(LocalCastError.NodeNotReady, $"still missing: {string.Join(", ", missing)}"), batch: null);
    }

    private void SendRequired(in Exchange exchange, IReadOnlyList<string> names, DeliveryBatch? batch, string? agent = null)
    {
        // One may have left since it was seen ready; its absence is then described, not papered over.
        NodeDescription[] nodes = [.. names.Select(name => (hub.Membership.TryDescribe(name) ?? new NodeDescription { Name = name, State = "Left" }) with { Agent = agent })];
        Answer.Send(exchange.Owner, MessageType.Required, exchange.Id, SessionSender.Json(new RequiredData { Nodes = nodes }, ControlJson.Default.RequiredData), error: null, batch);
    }
}
