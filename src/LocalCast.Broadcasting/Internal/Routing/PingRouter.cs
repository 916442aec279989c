using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Discovery: passes a ping to every other node and their pongs back, and tells the asker how many to expect.</summary>
internal sealed class PingRouter(Hub hub)
{
    private const int MostRounds = 1024;
    private const int MostRoundsFromElsewhere = 256;

    private readonly PingRounds<Session> _rounds = new(MostRounds);
    private readonly Lock _lock = new();

    public bool HasRounds => _rounds.Count > 0;

    public int Count => _rounds.Count;

    public void Ping(Session asker, in Packet packet, DeliveryBatch batch)
    {
        string id = Answer.IdOf(packet) ?? "";
        Channel to = packet.To;
        List<Session> asked;
        int elsewhere = 0;
        bool isForMesh = false;
        if (packet.PayloadKind == PayloadKind.Json && ScopeWords.Read(packet.Payload, out isForMesh) is { } why)
        {
            Answer.WithError(asker, packet, MessageType.Ack, new(LocalCastError.BadRequest, why), batch);
            return;
        }

        if (to.IsCommon || to == Membership.AgentChannel)
        {
            elsewhere = isForMesh ? hub.Uplink.CountNodes(asker) : 0;
            asked = [.. hub.Membership.Nodes.Where(node => node != asker)];
        }
        else if (hub.Uplink.TryFind(asker, packet, out Session? one) || (isForMesh && !asker.IsUplink && (one = hub.Uplink.Session) is not null))
        {
            asked = one.IsUplink ? [] : [one];
            elsewhere = one.IsUplink ? 1 : 0; // whether there is such a node is not known here: whoever knows says it
        }
        else
        {
            Answer.WithError(asker, packet, MessageType.Ack, Errors.NodeNotFound(packet), batch);
            return;
        }

        bool started;
        lock (_lock)
        {
            asked.RemoveAll(node => node.HasLeft);
            started = !asker.HasLeft && _rounds.TryStart(asker, id, asked, batch.Now, elsewhere, asker.IsUplink ? MostRoundsFromElsewhere : PingRounds<Session>.MostPerAsker);
        }

        if (!started)
        {
            Answer.WithError(asker, packet, MessageType.Ack, new(LocalCastError.Busy, "this ping is under way already, or too many others are"), batch);
            return;
        }

        // First the number, then the questions: the asker knows what to expect before the first answer can come.
        int expected = asked.Count + elsewhere;
        SendAsked(asker, id, expected, batch);
        int all = expected;
        if (elsewhere > 0 && (hub.Uplink.Session is not { } uplink || !batch.Note(uplink, uplink.Sender.Forward(packet, Origin.PassOn(asker, packet, uplink)))))
        {
            lock (_lock)
            {
                expected = _rounds.ForgetOthers(asker, id);
            }
        }

        foreach (Session node in asked)
        {
            if (!batch.Note(node, node.Sender.Forward(packet, Origin.PassOn(asker, packet, node))))
            {
                lock (_lock)
                {
                    expected = _rounds.Forget(asker, id, node);
                }
            }
        }

        if (expected < all)
        {
            SendAsked(asker, id, expected, batch);
        }
    }

    public void Pong(Session answerer, in Packet packet, DeliveryBatch batch)
    {
        if (packet.To == Membership.AgentChannel && hub.Orders.TryPong(answerer, packet))
        {
            return;
        }

        if ((!hub.Membership.TryFind(packet.To, out Session? asker) || !TryAnswer(asker, answerer, packet, batch))
            && !TryAnswerNameless(out asker, answerer, packet, batch) && !TryAnswerUplink(out asker, answerer, packet, batch))
        {
            hub.Counters.CountLateAnswer();
            return;
        }

        switch (asker!.Sender.Forward(packet, Origin.PassOn(answerer, packet, asker)))
        {
            case OutboxResult.Full:
                asker.HasOverflowed = true;
                break;
            case OutboxResult.Closed:
                break;
            default:
                asker.Outbox.FlushSoon(); // every pong is a batch of its own: those that come close together share a write
                break;
        }
    }

    /// <summary>A participant left: whoever waits for its answer is told to expect one less.</summary>
    public void Leave(Session participant)
    {
        IReadOnlyList<(Session Asker, string Id, int Asked)> fewer;
        lock (_lock)
        {
            fewer = participant.IsUplink ? [.. _rounds.Leave(participant), .. _rounds.LeaveOthers()] : _rounds.Leave(participant);
        }

        foreach ((Session asker, string id, int asked) in fewer)
        {
            SendAsked(asker, id, asked, batch: null);
        }
    }

    /// <summary>The node elsewhere that was asked does not answer.</summary>
    public void Forget(Session asker, string? id)
    {
        lock (_lock)
        {
            _rounds.ForgetOthers(asker, id ?? "");
        }
    }

    public void Expire(TimeSpan now)
    {
        lock (_lock)
        {
            _rounds.Expire(now);
        }
    }

    private bool TryAnswer(Session asker, Session answerer, in Packet packet, DeliveryBatch batch)
    {
        lock (_lock)
        {
            string id = Answer.ReplyToOf(packet) ?? "";
            return answerer.IsUplink ? _rounds.TryAnswerOther(asker, id, batch.Now) : _rounds.TryAnswer(asker, id, answerer, batch.Now);
        }
    }

    /// <summary>Who asked is elsewhere.</summary>
    private bool TryAnswerUplink([NotNullWhen(true)] out Session? asker, Session answerer, in Packet packet, DeliveryBatch batch)
    {
        asker = hub.Uplink.Session;
        return asker is not null && answerer != asker && TryAnswer(asker, answerer, packet, batch);
    }

    /// <summary>Who asked may have no name, or none any more.</summary>
    private bool TryAnswerNameless([NotNullWhen(true)] out Session? asker, Session answerer, in Packet packet, DeliveryBatch batch)
    {
        foreach (Session nameless in hub.Membership.NamelessOf(packet.To))
        {
            if (TryAnswer(nameless, answerer, packet, batch))
            {
                asker = nameless;
                return true;
            }
        }

        asker = null;
        return false;
    }

    private static void SendAsked(Session asker, string id, int asked, DeliveryBatch? batch) => Answer.Send(
        asker, MessageType.Ack, id.Length == 0 ? null : id, SessionSender.Json(new AskedData { Asked = asked }, ControlJson.Default.AskedData), error: null, batch);
}
