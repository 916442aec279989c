using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>How fast a neighbour may send calls and publications. Passive.</summary>
/// <remarks>Answers were asked for, and state, addresses and keep-alive have bounds of their own: these always pass.</remarks>
internal sealed class LinkRate(MeshOptions options)
{
    private readonly TokenBucket? _messages = Of(options.NeighbourMessagesPerSecond);
    private readonly TokenBucket? _bytes = Of(options.NeighbourBytesPerSecond);
    private TimeSpan _silentUntil = TimeSpan.MinValue;

    /// <summary>Messages that were too many.</summary>
    public long Limited { get; private set; }

    public bool TryTake(MessageType type, int size, TimeSpan now)
    {
        bool isFree = type is MessageType.Result or MessageType.Ack or MessageType.Cancel or MessageType.Pong;
        bool isTaken = isFree || (_messages?.TryTake(now) != false && _bytes?.TryTake(now, size) != false);
        Limited += isTaken ? 0 : 1;
        return isTaken;
    }

    /// <summary>Whether to say so: a flood is not answered with a flood of notices.</summary>
    public bool ShouldSay(TimeSpan now)
    {
        bool should = now >= _silentUntil;
        _silentUntil = should ? now + TimeSpan.FromSeconds(1) : _silentUntil;
        return should;
    }

    private static TokenBucket? Of(int perSecond) => perSecond > 0 ? new TokenBucket(perSecond, perSecond, perSecond) : null;
}
