using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using LocalCast.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast;

/// <content>Publishing and subscribing.</content>
public sealed partial class LocalNode
{
    /// <summary>More than a publication has besides what is published.</summary>
    private const int MostHeadBytes = 1024;

    private EncodedTopic? _lastTopic;

    /// <summary>Publishes a value on a topic.</summary>
    /// <param name="topic">The topic, without wildcards.</param>
    /// <param name="data">What to publish.</param>
    /// <param name="mode">
    /// <see cref="PublishMode.All"/> is queued and done; <see cref="PublishMode.One"/> completes when one subscriber has it, and fails with
    /// <see cref="LocalCastError.NoSubscriber"/> or <see cref="LocalCastError.SubscriberTimeout"/>.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask PublishAsync<T>(string topic, T data, PublishMode mode = PublishMode.All, CancellationToken cancellationToken = default)
    {
        JsonScratch scratch = NodeJson.Scratch;
        _core.Json.Write(scratch, data);
        return Publish(topic, PayloadKind.Json, scratch.Written, mode, cancellationToken);
    }

    /// <summary>Publishes a value on a topic, and waits until the agent has passed it on. Slower than <see cref="PublishAsync"/>, which does not wait.</summary>
    /// <param name="topic">The topic, without wildcards.</param>
    /// <param name="data">What to publish.</param>
    /// <param name="mode">To whom.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be published all the same.</param>
    /// <returns>
    /// For how many participants of this machine it was queued; all other agents together count as one more, when it goes there.
    /// With <see cref="PublishMode.One"/> 1: the subscriber that has it.
    /// </returns>
    /// <exception cref="LocalCastException">It was refused, or with <see cref="PublishMode.One"/> no subscriber took it.</exception>
    public async ValueTask<int> PublishAndCountAsync<T>(string topic, T data, PublishMode mode = PublishMode.All, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        cancellationToken.ThrowIfCancellationRequested();
        JsonScratch scratch = NodeJson.Scratch;
        _core.Json.Write(scratch, data);
        byte[] payload = scratch.Written.ToArray();
        TimeSpan deadline = _core.Now + _core.Options.DefaultTimeout; // of all of it: a queue in which others are always faster must not hold it for ever
        while (true)
        {
            LinkSession session = _core.RequireSession();
            PendingResult<int> pending = PendingResult<int>.Rent(topic, AnswerReaders.Delivered, _core.Json);
            ValueTask<int> counted = pending.Task;
            if (SendQuestion(session, pending, topic, PayloadKind.Json, payload, mode, deadline, cancellationToken) != OutboxResult.Full)
            {
                session.Outbox.FlushSoon();
                return await counted.ConfigureAwait(false); // a session that has ended fails it
            }

            await WaitForRoomAsync(session, payload.Length, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Publishes bytes on a topic.</summary>
    public ValueTask PublishBytesAsync(string topic, ReadOnlySpan<byte> data, PublishMode mode = PublishMode.All, CancellationToken cancellationToken = default) =>
        Publish(topic, PayloadKind.Bytes, data, mode, cancellationToken);

    /// <summary>Receives what is published on the topics that a pattern matches, from the first <c>MoveNextAsync</c> on, across reconnects, until it is disposed of.</summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one token, a final <c>&gt;</c> for one or more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<TopicMessage<T>> SubscribeAsync<T>(string pattern, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        NodeSubscription<T> subscription = await OpenSubscriptionAsync<T>(pattern, cancellationToken).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            await foreach (TopicMessage<T> message in subscription.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return message;
            }
        }
    }

    /// <summary>Subscribes now, and is read later: what is published after this returned is not missed.</summary>
    public async ValueTask<NodeSubscription<T>> OpenSubscriptionAsync<T>(string pattern, CancellationToken cancellationToken = default)
    {
        if (Topic.WhatIsWrong(pattern, allowWildcards: true) is { } why)
        {
            throw new LocalCastException(LocalCastError.BadRequest, why);
        }

        LinkSession session = _core.RequireSession();
        var subscription = new Subscription<T>(pattern, _core.Options.MaxQueuedMessages, _core.Options.MaxQueuedTopicBytes);
        _core.Topics.Add(subscription);
        var open = new NodeSubscription<T>(_core, subscription);
        try
        {
            await _core.TopicSync.SyncAsync(session, pattern, cancellationToken).ConfigureAwait(false);
            return open;
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected && _core.State != NodeState.Left)
        {
            return open; // the hello of the next connection carries it
        }
        catch
        {
            await open.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private ValueTask Publish(string topic, PayloadKind kind, ReadOnlySpan<byte> payload, PublishMode mode, CancellationToken cancellationToken, TimeSpan? deadline = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        cancellationToken.ThrowIfCancellationRequested();
        LinkSession session = _core.RequireSession();
        if (mode == PublishMode.One)
        {
            deadline ??= _core.Now + _core.Options.DefaultTimeout;
            var pending = PendingResult<bool>.Rent(topic, AnswerReaders.Nothing, _core.Json);
            ValueTask<bool> acknowledged = pending.Task;
            if (SendQuestion(session, pending, topic, kind, payload, mode, deadline.Value, cancellationToken) == OutboxResult.Full)
            {
                return PublishLater(topic, kind, payload.ToArray(), mode, session, deadline.Value, cancellationToken);
            }

            session.Outbox.FlushSoon();
            return IgnoreValue(acknowledged); // a session that has ended fails it
        }

        switch (SendPublication(session, topic, kind, payload, mode, sequence: 0, default))
        {
            case OutboxResult.Closed:
                throw new LocalCastException(session.Ended ?? new ErrorInfo(LocalCastError.Disconnected, "the agent has gone"));
            case OutboxResult.Full:
                return PublishLater(topic, kind, payload.ToArray(), mode, session, deadline ?? (_core.Now + _core.Options.DefaultTimeout), cancellationToken);
            case OutboxResult.Congested:
                session.Outbox.FlushSoon();
                return new ValueTask(WaitForRoomAsync(session, 0, deadline ?? (_core.Now + _core.Options.DefaultTimeout), cancellationToken));
            case OutboxResult.Queued:
            default:
                session.Outbox.FlushSoon();
                return ValueTask.CompletedTask;
        }
    }

    private async ValueTask PublishLater(
        string topic, PayloadKind kind, byte[] payload, PublishMode mode, LinkSession session, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(session, payload.Length, deadline, cancellationToken).ConfigureAwait(false);
        await Publish(topic, kind, payload, mode, cancellationToken, deadline).ConfigureAwait(false);
    }

    private async Task WaitForRoomAsync(LinkSession session, int payloadBytes, TimeSpan deadline, CancellationToken cancellationToken)
    {
        TimeSpan left = deadline - _core.Now;
        try
        {
            // Also when there is room just now: there was before, and somebody else had it.
            await (left > TimeSpan.Zero ? session.Outbox.WaitForRoomAsync(payloadBytes + MostHeadBytes).WaitAsync(left, _core.Options.TimeProvider, cancellationToken) : throw new TimeoutException()).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new LocalCastException(new ErrorInfo(LocalCastError.Busy, "the agent does not read: the queue to it is full"), e);
        }
    }

    /// <summary>Sends a publication that is answered. A question that is not queued, because there is no room or because it must not be asked, holds no place among those that wait.</summary>
    private OutboxResult SendQuestion<T>(
        LinkSession session, PendingResult<T> pending, string topic, PayloadKind kind, ReadOnlySpan<byte> payload, PublishMode mode, TimeSpan deadline, CancellationToken cancellationToken)
    {
        TimeSpan left = deadline - _core.Now;
        uint sequence = session.Add(pending, left + Questions.Grace);
        OutboxResult sent = OutboxResult.Full;
        try
        {
            sent = SendPublication(session, topic, kind, payload, mode, sequence, left);
        }
        finally
        {
            if (sent == OutboxResult.Full)
            {
                session.TryTake(sequence, pending);
            }
        }

        if (sent != OutboxResult.Full)
        {
            pending.CancelWith(session, sequence, cancellationToken);
        }

        return sent;
    }

    private OutboxResult SendPublication(LinkSession session, string topic, PayloadKind kind, ReadOnlySpan<byte> payload, PublishMode mode, uint sequence, TimeSpan answerWithin)
    {
        byte[] encoded = EncodeTopic(topic);
        PacketFlags flags = PacketFlags.Topic | (kind == PayloadKind.Bytes ? PacketFlags.Bytes : PacketFlags.None);
        if (sequence == 0)
        {
            return session.Send(new PacketHeader { Type = MessageType.Publish, Flags = flags, Mode = mode }, encoded, payload);
        }

        Span<byte> options = stackalloc byte[encoded.Length + sizeof(uint)];
        encoded.CopyTo(options);
        BinaryPrimitives.WriteUInt32BigEndian(options[encoded.Length..], (uint)Math.Max(1, answerWithin.TotalMilliseconds));
        return session.Send(new PacketHeader { Type = MessageType.Publish, Flags = flags | PacketFlags.Deadline, Mode = mode, Sequence = sequence }, options, payload);
    }

    /// <summary>The topic as a field of a packet. Whoever publishes much tends to stay with a topic, so the last one is remembered.</summary>
    private byte[] EncodeTopic(string topic)
    {
        if (_lastTopic is { } known && ReferenceEquals(known.Topic, topic))
        {
            return known.Encoded;
        }

        if (Topic.WhatIsWrong(topic, allowWildcards: false) is { } why)
        {
            throw new LocalCastException(LocalCastError.BadRequest, why);
        }

        if (topic.StartsWith(Topic.ReservedPrefix, StringComparison.Ordinal))
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"topics that start with '{Topic.ReservedPrefix}' are published by the agent only");
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(topic);
        byte[] encoded = [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8];
        _lastTopic = new EncodedTopic(topic, encoded);
        return encoded;
    }

    private static async ValueTask IgnoreValue(ValueTask<bool> task) => await task.ConfigureAwait(false);

    private sealed record EncodedTopic(string Topic, byte[] Encoded);
}
