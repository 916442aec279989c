using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>What one batch of received frames set off: whom to flush once it is done, and for whom its sender should wait. One per session loop.</summary>
internal sealed class DeliveryBatch(Hub hub)
{
    /// <summary>How many requests that cost more the more participants there are one turn may hold: everybody else waits for it to end.</summary>
    private const int MostExpensive = 8;

    private readonly List<Session> _dirty = [];
    private int _expensive;
    private Session? _last; // many frames of a batch go to one receiver

    /// <summary>The time of the batch; the clock is read once per batch.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The session's last publication.</summary>
    public RepeatedPublication Repeated { get; } = new();

    /// <summary>A receiver that is behind, if there was one.</summary>
    public Session? Congested { get; private set; }

    /// <summary>Whether anything was sent to other agents that is no answer.</summary>
    public bool HasSentElsewhere { get; private set; }

    /// <summary>Whether the turn is long enough: what else was received waits for the next one.</summary>
    public bool IsLong => _expensive >= MostExpensive;

    public void Begin()
    {
        _expensive = 0;
        Now = hub.Now;
        Congested = null;
        HasSentElsewhere = false;
    }

    /// <summary>Notes a request that costs more the more participants there are.</summary>
    public void NoteExpensive() => _expensive++;

    /// <summary>Notes what became of a frame for a receiver. If that is behind, the sender waits for it.</summary>
    /// <returns>Whether it is queued.</returns>
    public bool Note(Session receiver, OutboxResult result)
    {
        if (result == OutboxResult.Congested && !receiver.StallsNobody)
        {
            Congested = receiver;
        }

        HasSentElsewhere |= receiver.IsUplink;
        return NoteAnswer(receiver, result);
    }

    /// <summary>Notes what became of an answer. Whoever answers does not wait for one who asked and does not read: others wait for its answers, too.</summary>
    /// <returns>Whether it is queued.</returns>
    public bool NoteAnswer(Session receiver, OutboxResult result)
    {
        switch (result)
        {
            case OutboxResult.Queued when receiver == _last:
                return true;
            case OutboxResult.Queued:
            case OutboxResult.Congested:
                break;
            case OutboxResult.Full:
                receiver.HasOverflowed = true;
                return false;
            case OutboxResult.Closed:
            default:
                return false;
        }

        if (receiver.TryMarkDirty())
        {
            _dirty.Add(receiver);
            _last = receiver; // not when another batch has to flush: it may do so before our next frame is queued
        }

        return true;
    }

    /// <summary>One write for each receiver of the batch.</summary>
    public void Flush()
    {
        foreach (Session session in _dirty)
        {
            session.Flush();
        }

        _dirty.Clear();
        _last = null;
    }
}
