using LocalCast.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast;

/// <content>Calling others.</content>
public sealed partial class LocalNode
{
    /// <summary>Calls a method of a node.</summary>
    /// <param name="node">The node's name, or its channel.</param>
    /// <param name="method">The method.</param>
    /// <param name="arguments">The arguments, in order.</param>
    /// <param name="timeout">How long to wait; the time travels with the call.</param>
    /// <param name="cancellationToken">Gives up, and tells the callee.</param>
    /// <exception cref="LocalCastException">What went wrong, by name; exactly one per call, before its deadline.</exception>
    public ValueTask<T> CallAsync<T>(string node, string method, ReadOnlySpan<object?> arguments = default, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        JsonScratch scratch = NodeJson.Scratch;
        _core.Json.WriteArguments(scratch.Writer, arguments);
        return SendCall(node, method, PayloadKind.Json, scratch.Written, ResultReader<T>.Instance, timeout, cancellationToken);
    }

    /// <summary>Calls a method whose result does not matter.</summary>
    public async ValueTask CallAsync(string node, string method, object?[]? arguments = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        JsonScratch scratch = NodeJson.Scratch;
        _core.Json.WriteArguments(scratch.Writer, arguments);
        await SendCall(node, method, PayloadKind.Json, scratch.Written, AnswerReaders.Nothing, timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a method with bytes instead of JSON; the result are bytes, too.</summary>
    public ValueTask<byte[]> CallBytesAsync(string node, string method, ReadOnlySpan<byte> payload, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        SendCall(node, method, PayloadKind.Bytes, payload, AnswerReaders.Bytes, timeout, cancellationToken);

    private ValueTask<T> SendCall<T>(
        string node, string method, PayloadKind kind, ReadOnlySpan<byte> payload, AnswerReader<T> read, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan limit = TimeoutOr(timeout);
        LinkSession session = _core.RequireSession();
        var pending = PendingResult<T>.Rent(node, read, _core.Json);
        ValueTask<T> answer = pending.Task;
        uint sequence = session.Add(pending, limit + Questions.Grace);
        OutboxResult sent;
        try
        {
            sent = session.SendCall(sequence, _core.Names.AddressOf(node), method, limit, kind, payload);
        }
        catch
        {
            session.TryTake(sequence, pending);
            throw;
        }

        if (sent is OutboxResult.Full)
        {
            if (session.TryTake(sequence, pending))
            {
                throw new LocalCastException(LocalCastError.Busy, $"{_core.Options.MaxQueuedBytes} bytes wait to be sent already");
            }

            return answer;
        }

        pending.CancelWith(session, sequence, cancellationToken);
        session.Outbox.Flush();
        return answer;
    }
}
