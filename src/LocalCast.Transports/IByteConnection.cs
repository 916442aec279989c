using System.IO.Pipelines;
using LocalCast.Protocol;

namespace LocalCast.Transports;

/// <summary>A connection that carries bytes both ways, in order, whole, or not at all after it broke.</summary>
/// <remarks>
/// The caller guarantees:
/// <list type="bullet">
/// <item>one reader at a time on <see cref="Input"/>, from a thread of its own when <see cref="ReadsBlock"/>;</item>
/// <item>one <see cref="WriteAsync"/> at a time (an <see cref="Outbox"/> does that), the bytes unchanged until it completes;</item>
/// <item>nothing but <see cref="Abort"/> after <see cref="IAsyncDisposable.DisposeAsync"/> was called.</item>
/// </list>
/// The connection guarantees:
/// <list type="bullet">
/// <item>the end of the peer, graceful or not, completes <see cref="Input"/>; a broken connection may throw <see cref="LocalCastException"/> with <see cref="LocalCastError.Disconnected"/> instead;</item>
/// <item>writing to a connection that is gone throws that same exception;</item>
/// <item><see cref="Abort"/> may come at any time from any thread, any number of times, and ends what waits.</item>
/// </list>
/// </remarks>
public interface IByteConnection : IAsyncDisposable
{
    /// <summary>What the peer sends.</summary>
    PipeReader Input { get; }

    /// <summary>Whether reading blocks the calling thread until something comes. Such a connection is read without any detour, by a thread that does nothing else.</summary>
    bool ReadsBlock { get; }

    /// <summary>Who the peer is, as far as the operating system says.</summary>
    PeerIdentity? Peer { get; }

    /// <summary>Why <see cref="Input"/> completed, where the connection knows more than that it ended.</summary>
    ErrorInfo? EndReason => null;

    /// <summary>Sends bytes. Completes when they may be overwritten; pends while the peer does not read.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the connection at once, both ways.</summary>
    void Abort();
}
