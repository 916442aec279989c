using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>
/// Calls of methods that are not there yet. A program joins and then adds its handlers, and somebody who waited for it may call in between:
/// for a moment after the first join such calls wait for their handler instead of failing.
/// </summary>
internal sealed class ParkedCalls(LinkSession session)
{
    private const int Most = 256;

    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1);

    private readonly List<byte[]> _parked = [];
    private readonly Lock _lock = new();

    /// <summary>Whether any call is parked.</summary>
    public bool Any => _parked.Count > 0;

    /// <summary>Parks a call, if the node has only just joined and there is room.</summary>
    public bool TryPark(in Packet packet)
    {
        NodeCore node = session.Node;
        if (node.Now - node.FirstJoinedAt > _grace)
        {
            return false;
        }

        byte[] copy = packet.Raw.ToArray();
        lock (_lock)
        {
            if (_parked.Count >= Most)
            {
                return false;
            }

            _parked.Add(copy);
        }

        session.OnFirstPending?.Invoke();
        return true;
    }

    /// <summary>A handler was added, or the moment is over: every parked call gets another chance, and is parked again or refused by it.</summary>
    public void Retry()
    {
        byte[][] parked;
        lock (_lock)
        {
            if (_parked.Count == 0)
            {
                return;
            }

            parked = [.. _parked];
            _parked.Clear();
        }

        foreach (byte[] body in parked)
        {
            if (Packet.TryRead(body, out Packet packet, out _) && session.Handling.Accept(packet) is { } call)
            {
                ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
            }
        }

        session.Outbox.Flush();
    }
}
