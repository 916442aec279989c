using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>A message, or a part of one, that is to be sent now.</summary>
/// <param name="Item">The message.</param>
/// <param name="Number">Grows with each message that is sent in parts; 0 for one that is sent whole.</param>
/// <param name="Part">Which part, from 0.</param>
/// <param name="Size">Its bytes, about.</param>
/// <param name="IsLast">Whether the message ends with it.</param>
public readonly record struct QueuedPart<T>(T Item, long Number, int Part, int Size, bool IsLast);

/// <summary>What waits to be sent on one link, bounded in bytes. Passive; the owner takes from it as the connection takes from him.</summary>
/// <remarks>
/// Control goes first: a keep-alive or a result is not held up by megabytes of publications. The rest goes round robin by flow, in order within each: who has much to
/// send delays himself. A message in parts takes turns like any other, part by part, whatever its traffic; few are under way at a time, because the receiver has to keep them.
/// </remarks>
public sealed class LinkQueue<T>(int mostBytes)
{
    /// <summary>The most messages whose first part was sent and whose last was not.</summary>
    public const int MostUnderWay = 4;

    /// <summary>Room that only control messages may use.</summary>
    private readonly int _reserve = mostBytes / 4;

    private readonly Queue<(T Item, int Size)> _control = new();
    private readonly Dictionary<string, Flow> _flows = new(StringComparer.Ordinal);
    private readonly LinkedList<Flow> _ring = new();
    private readonly LinkedList<Entry> _topics = new();
    private int _underWay;
    private long _lastNumber;
    private long _lastLarge;

    /// <summary>Bytes that wait.</summary>
    public int Bytes { get; private set; }

    /// <summary>Publications that made room for newer ones.</summary>
    public long DroppedTopics { get; private set; }

    /// <summary>Whether its producers should slow down.</summary>
    public bool IsCongested => Bytes >= mostBytes / 4 * 3;

    /// <summary>Whether they may be as fast as before; between the two they stay as they are.</summary>
    public bool IsEased => Bytes < mostBytes / 2;

    /// <summary>Queues a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="size">Its bytes, about.</param>
    /// <param name="traffic">What it means to a full queue.</param>
    /// <param name="flow">Whose it is; order is kept within a flow.</param>
    /// <param name="parts">In how many parts it is sent.</param>
    public LinkQueueResult Add(T item, int size, LinkTraffic traffic, string flow = "", int parts = 1)
    {
        if (traffic == LinkTraffic.Topic && size <= mostBytes)
        {
            DropTopicsUntil(mostBytes - size);
        }

        if (Bytes + size > mostBytes + (traffic == LinkTraffic.Control ? _reserve : 0))
        {
            return traffic == LinkTraffic.Control ? LinkQueueResult.Overrun : LinkQueueResult.Full;
        }

        if (traffic == LinkTraffic.Control && parts == 1)
        {
            _control.Enqueue((item, size));
        }
        else
        {
            // What is control and large has no order to keep: it must not wait behind anybody's calls.
            string key = traffic == LinkTraffic.Control ? $"\0{++_lastLarge}" : flow;
            var entry = new Entry(item, size, parts, FlowOf(key));
            entry.InFlow = entry.Flow.Entries.AddLast(entry);
            entry.InTopics = traffic == LinkTraffic.Topic ? _topics.AddLast(entry) : null;
        }

        Bytes += size;
        return IsCongested ? LinkQueueResult.Congested : LinkQueueResult.Queued;
    }

    /// <summary>Takes what is to be sent next.</summary>
    public bool TryTake([MaybeNullWhen(false)] out QueuedPart<T> part)
    {
        if (_control.TryDequeue(out (T Item, int Size) control))
        {
            part = new QueuedPart<T>(control.Item, 0, 0, control.Size, true);
            Bytes -= control.Size;
            return true;
        }

        for (LinkedListNode<Flow>? turn = _ring.First; turn is not null; turn = turn.Next)
        {
            Flow flow = turn.Value;
            Entry first = flow.Entries.First!.Value;
            if (first is { Parts: > 1, Part: 0 } && _underWay >= MostUnderWay)
            {
                continue;
            }

            part = TakePart(first);
            Bytes -= part.Size;
            if (flow.InRing is { List: not null } node)
            {
                _ring.Remove(node);
                _ring.AddLast(node);
            }

            return true;
        }

        part = default;
        return false;
    }

    private QueuedPart<T> TakePart(Entry entry)
    {
        if (entry.Part == 0)
        {
            Forget(entry); // what is begun is not dropped
            entry.Number = entry.Parts > 1 ? ++_lastNumber : 0;
            _underWay += entry.Parts > 1 ? 1 : 0;
        }

        int part = entry.Part++;
        bool isLast = entry.Part == entry.Parts;
        int size = isLast ? entry.Left : entry.Size / entry.Parts;
        entry.Left -= size;
        if (isLast)
        {
            Remove(entry);
            _underWay -= entry.Parts > 1 ? 1 : 0;
        }

        return new QueuedPart<T>(entry.Item, entry.Number, part, size, isLast);
    }

    private Flow FlowOf(string key)
    {
        if (!_flows.TryGetValue(key, out Flow? flow))
        {
            _flows[key] = flow = new Flow(key);
            flow.InRing = _ring.AddLast(flow);
        }

        return flow;
    }

    private void Remove(Entry entry)
    {
        entry.Flow.Entries.Remove(entry.InFlow!);
        if (entry.Flow.Entries.Count == 0)
        {
            _flows.Remove(entry.Flow.Key);
            _ring.Remove(entry.Flow.InRing!);
        }
    }

    private void DropTopicsUntil(int bytes)
    {
        while (Bytes > bytes && _topics.First?.Value is { } oldest)
        {
            Forget(oldest);
            Remove(oldest);
            Bytes -= oldest.Size;
            DroppedTopics++;
        }
    }

    private void Forget(Entry entry)
    {
        if (entry.InTopics is { } node)
        {
            _topics.Remove(node);
            entry.InTopics = null;
        }
    }

    private sealed class Flow(string key)
    {
        public string Key { get; } = key;

        public LinkedList<Entry> Entries { get; } = new();

        public LinkedListNode<Flow>? InRing { get; set; }
    }

    private sealed class Entry(T item, int size, int parts, Flow flow)
    {
        public T Item { get; } = item;

        public int Size { get; } = size;

        public int Left { get; set; } = size;

        public int Parts { get; } = parts;

        public int Part { get; set; }

        public long Number { get; set; }

        public Flow Flow { get; } = flow;

        public LinkedListNode<Entry>? InFlow { get; set; }

        public LinkedListNode<Entry>? InTopics { get; set; }
    }
}
