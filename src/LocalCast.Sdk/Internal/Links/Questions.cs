using System.Globalization;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Internal;

/// <summary>What a node asks of the agent that is not hot.</summary>
internal static class Questions
{
    public static ValueTask<IReadOnlyList<NodeDescription>> RequireAsync(LinkSession session, RequireData wanted, TimeSpan timeout, CancellationToken cancellationToken) =>
        AskAsync(
            session,
            id => new Envelope
            {
                Type = MessageType.Require,
                Id = id,
                DeadlineMs = (uint)timeout.TotalMilliseconds,
                PayloadKind = PayloadKind.Json,
                Payload = JsonSerializer.SerializeToUtf8Bytes(wanted, ControlJson.Default.RequireData),
            },
            string.Join(", ", wanted.Names),
            AnswerReaders.Required,
            timeout,
            cancellationToken);

    public static ValueTask<bool> SubscribeAsync(LinkSession session, string pattern, bool isOn, CancellationToken cancellationToken) =>
        AskAsync(
            session,
            id => new Envelope { Type = isOn ? MessageType.Subscribe : MessageType.Unsubscribe, Id = id, Topic = pattern },
            NodeName.Agent,
            AnswerReaders.Nothing,
            session.Node.Options.DefaultTimeout,
            cancellationToken);

    /// <summary>Sends a question and awaits its one answer.</summary>
    public static ValueTask<T> AskAsync<T>(
        LinkSession session, Func<string, Envelope> question, string target, AnswerReader<T> read, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = PendingResult<T>.Rent(target, read, session.Node.Json);
        ValueTask<T> answer = pending.Task;
        uint sequence = session.Add(pending, timeout + Grace);
        OutboxResult sent = session.Send(question(sequence.ToString(CultureInfo.InvariantCulture)));
        if (sent is OutboxResult.Full or OutboxResult.Closed)
        {
            if (session.TryTake(sequence, pending))
            {
                pending.Fail(new LocalCastException(LocalCastError.Busy, "the agent does not read: the queue to it is full"));
                pending.Complete();
            }

            return answer;
        }

        pending.CancelWith(session, sequence, cancellationToken);
        session.Outbox.Flush();
        return answer;
    }

    /// <summary>The agent's own word about a deadline says more than ours, so it gets a moment to arrive.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Says that the node serves, with the methods it has now.</summary>
    public static void SendReady(LinkSession session)
    {
        session.Send(Ready(session, id: null));
        session.Outbox.Flush();
    }

    /// <summary>The same; completes when the agent knows.</summary>
    public static ValueTask<bool> BeReadyAsync(LinkSession session, CancellationToken cancellationToken) =>
        AskAsync(session, id => Ready(session, id), NodeName.Agent, AnswerReaders.Nothing, session.Node.Options.DefaultTimeout, cancellationToken);

    private static Envelope Ready(LinkSession session, string? id) => new()
    {
        Type = MessageType.Other,
        TypeName = "ready",
        Id = id,
        PayloadKind = PayloadKind.Json,
        Payload = JsonSerializer.SerializeToUtf8Bytes(new ReadyData { Methods = session.Node.Options.Methods.Names }, ControlJson.Default.ReadyData),
    };

    public static void SendPingRequest(LinkSession session)
    {
        string nonce = Random.Shared.NextInt64().ToString(CultureInfo.InvariantCulture);
        session.Send(new Envelope
        {
            Type = MessageType.PingRequest,
            PayloadKind = PayloadKind.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(new NonceData { Nonce = nonce }, ControlJson.Default.NonceData),
        });
        session.Outbox.Flush();
    }

    /// <summary>How a scope is said on the wire; the machine needs no word.</summary>
    public static string? WordFor(Scope scope) => scope == Scope.Mesh ? ScopeWords.Mesh : null;
}
