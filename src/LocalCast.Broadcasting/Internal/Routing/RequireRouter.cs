using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Waiting for nodes: answered with their descriptions once all are ready, or at the deadline with what is missing and why.</summary>
internal sealed class RequireRouter(Hub hub)
{
    private const int MostNames = 256;
    private const int MostPerSession = 256;

    private readonly RequireTable<Exchange> _table = new();
    private readonly Lock _lock = new();

    public bool HasWaiting => _table.Count > 0;

    public int Count => _table.Count;

    public void Require(Session requester, in Packet packet, DeliveryBatch batch)
    {
        if (!TryReadNames(packet, out IReadOnlyList<string> names, out string? why))
        {
            Answer.WithError(requester, packet, MessageType.Required, new(LocalCastError.BadRequest, why!), batch);
            return;
        }

        var exchange = new Exchange(requester, 0, Answer.IdOf(packet));
        bool isFull = false;
        lock (_lock)
        {
            // Under the lock: a node that becomes ready now is seen either here or by NodeReady.
            if (requester.HasLeft)
            {
                return;
            }

            if (!names.All(hub.Membership.IsReady))
            {
                isFull = _table.CountOf(waiting => waiting.Owner == requester) >= MostPerSession;
                if (!isFull)
                {
                    _table.Add(exchange, names, hub.DeadlineOf(packet, batch.Now));
                    return;
                }
            }
        }

        if (isFull)
        {
            Answer.WithError(requester, packet, MessageType.Required, new(LocalCastError.Busy, $"a participant waits for at most {MostPerSession} requirements at a time"), batch);
        }
        else
        {
            SendRequired(exchange, names, batch);
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

    private void SendMissing(RequireTable<Exchange>.Waiting waiting)
    {
        IEnumerable<string> missing = waiting.Names.Where(name => !hub.Membership.IsReady(name))
            .Select(name => hub.Membership.TryFind(Channel.OfName(name), out _) ? $"{name} (joined, not ready)" : $"{name} (not there)");
        Answer.Send(waiting.Requester.Owner, MessageType.Required, waiting.Requester.Id, default, new(LocalCastError.NodeNotReady, $"still missing: {string.Join(", ", missing)}"), batch: null);
    }

    private void SendRequired(in Exchange exchange, IReadOnlyList<string> names, DeliveryBatch? batch)
    {
        // One may have left since it was seen ready; its absence is then described, not papered over.
        NodeDescription[] nodes = [.. names.Select(name => hub.Membership.TryDescribe(name) ?? new NodeDescription { Name = name, State = "Left" })];
        Answer.Send(exchange.Owner, MessageType.Required, exchange.Id, SessionSender.Json(new RequiredData { Nodes = nodes }, ControlJson.Default.RequiredData), error: null, batch);
    }

    private static bool TryReadNames(in Packet packet, out IReadOnlyList<string> names, out string? why)
    {
        names = [];
        try
        {
            names = packet.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.RequireData)?.Names ?? [] : [];
        }
        catch (JsonException)
        {
            // Told below.
        }

        why = names.Count is 0 or > MostNames ? $"require needs data.names with 1 to {MostNames} names" : null;
        foreach (string name in names)
        {
            why ??= NodeName.IsValid(name, out string? invalid) ? null : $"'{name}': {invalid}";
        }

        return why is null;
    }
}
