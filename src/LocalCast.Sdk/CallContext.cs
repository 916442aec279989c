using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A call that is being served. It is valid until its handler has ended; after that every member throws.</summary>
public readonly struct CallContext
{
    private readonly IncomingCall _call;
    private readonly uint _sequence;

    internal CallContext(IncomingCall call) => (_call, _sequence) = (call, call.Sequence);

    /// <summary>The method.</summary>
    public string Method => Call.Method;

    /// <summary>Who calls, as the agent vouches for it.</summary>
    public string From => Call.From;

    /// <summary>What <see cref="Payload"/> is.</summary>
    public PayloadKind PayloadKind => Call.PayloadKind;

    /// <summary>The arguments: a JSON array, or bytes. Valid until the handler has ended.</summary>
    public ReadOnlyMemory<byte> Payload => Call.Payload;

    /// <summary>How long the caller waited for at most when it called; <see langword="null"/> when it did not say.</summary>
    public TimeSpan? Timeout => Call.DeadlineMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    /// <summary>The headers of the call.</summary>
    public IReadOnlyDictionary<string, string> Headers => Call.Headers ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Cancelled when the caller gives up, its time is over, or it left.</summary>
    public CancellationToken CancellationToken => Call.Cancellation;

    internal IncomingCall Call => _call.Sequence == _sequence ? _call : throw new InvalidOperationException("The call has ended.");

    /// <summary>Answers with a value.</summary>
    public void Reply<T>(T result) => Call.Reply(result);

    /// <summary>Answers with bytes.</summary>
    public void ReplyBytes(ReadOnlySpan<byte> result) => Call.Reply(PayloadKind.Bytes, result);
}
