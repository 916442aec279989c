using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>What a message means to a queue that is full.</summary>
public enum LinkTraffic
{
    /// <summary>Results, acknowledgements, state, keep-alive: never dropped. A link that has no room for it is closed.</summary>
    Control,

    /// <summary>A call: refused with <c>Busy</c>.</summary>
    Call,

    /// <summary>A publication: the oldest ones make room.</summary>
    Topic,
}

/// <summary>What became of a message that was to be queued.</summary>
public enum LinkQueueResult
{
    /// <summary>Queued.</summary>
    Queued,

    /// <summary>Queued; three quarters of the room are taken, its producer slows down.</summary>
    Congested,

    /// <summary>Not queued: no room.</summary>
    Full,

    /// <summary>Not queued, and must not be lost: the link is beyond help.</summary>
    Overrun,
}

/// <summary>What waits to be sent on one link, bounded in bytes. Passive; the owner takes from it as the connection takes from him.</summary>
/// <remarks>Control goes first: a keep-alive or a result is not held up by megabytes of publications.</remarks>
public sealed class LinkQueue<T>(int mostBytes)
{
    /// <summary>Room that only control messages may use.</summary>
    private readonly int _reserve = mostBytes / 4;

    private readonly Queue<(T Item, int Size)> _control = new();
    private readonly LinkedList<(T Item, int Size, bool IsTopic)> _rest = new();
    private readonly Queue<LinkedListNode<(T Item, int Size, bool IsTopic)>> _topics = new();

    /// <summary>Bytes that wait.</summary>
    public int Bytes { get; private set; }

    /// <summary>Publications that made room for newer ones.</summary>
    public long DroppedTopics { get; private set; }

    /// <summary>Whether its producers should slow down.</summary>
    public bool IsCongested => Bytes >= mostBytes / 4 * 3;

    /// <summary>Queues a message.</summary>
    public LinkQueueResult Add(T item, int size, LinkTraffic traffic)
    {
        if (traffic == LinkTraffic.Control)
        {
            if (Bytes + size > mostBytes + _reserve)
            {
                return LinkQueueResult.Overrun;
            }

            _control.Enqueue((item, size));
        }
        else
        {
            if (traffic == LinkTraffic.Topic && size <= mostBytes)
            {
                DropTopicsUntil(mostBytes - size);
            }

            if (Bytes + size > mostBytes)
            {
                return LinkQueueResult.Full;
            }

            LinkedListNode<(T, int, bool)> node = _rest.AddLast((item, size, traffic == LinkTraffic.Topic));
            if (traffic == LinkTraffic.Topic)
            {
                _topics.Enqueue(node);
            }
        }

        Bytes += size;
        return IsCongested ? LinkQueueResult.Congested : LinkQueueResult.Queued;
    }

    /// <summary>Takes what is to be sent next.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (_control.TryDequeue(out (T Item, int Size) control))
        {
            Bytes -= control.Size;
            item = control.Item;
            return true;
        }

        if (_rest.First is not { } first)
        {
            item = default;
            return false;
        }

        _rest.RemoveFirst();
        if (first.Value.IsTopic)
        {
            // The order of topics is that of the queue: the first one in it is the oldest.
            _topics.Dequeue();
        }

        Bytes -= first.Value.Size;
        item = first.Value.Item;
        return true;
    }

    private void DropTopicsUntil(int bytes)
    {
        while (Bytes > bytes && _topics.TryDequeue(out LinkedListNode<(T Item, int Size, bool IsTopic)>? oldest))
        {
            _rest.Remove(oldest);
            Bytes -= oldest.Value.Size;
            DroppedTopics++;
        }
    }
}
