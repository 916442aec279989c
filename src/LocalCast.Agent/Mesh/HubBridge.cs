using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Agent.Mesh;

/// <summary>Translates between the hub of this machine and the machine of the mesh: requests of participants out, calls and publications of others in. Hot path.</summary>
internal sealed class HubBridge(IByteConnection hub, MeshDriver driver, MeshDirectory directory, TimeProvider timeProvider, int maxFrameBytes, int maxQueuedBytes) : IFrameHandler
{
    private static readonly ErrorInfo _tooLong = new(LocalCastError.TooLarge, "with the names that it has on this machine the message is too large for it");
    private static readonly ErrorInfo _behind = new(LocalCastError.Busy, "this agent is behind with what others want of it") { RetryAfter = TimeSpan.FromMilliseconds(100) };

    private readonly Outbox _outbox = new(hub, maxQueuedBytes);
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly MeshPings _pings = new(timeProvider);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<uint, (long Handle, string Node)> _served = new();

    /// <summary>How many messages of others this machine's participants did not get, because the hub was behind, since this was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    private long _dropped;

    private bool _hasMetCongestion;

    /// <summary>Whether anything that the hub handed over since this was last asked met a link that is nearly full.</summary>
    public bool TakeCongestion() => Volatile.Read(ref _hasMetCongestion) && Interlocked.Exchange(ref _hasMetCongestion, false);

    /// <summary>Reads what the hub hands over, until the hub ends or this end does.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            await hub.DisposeAsync().ConfigureAwait(false); // the hub is to know, also when it was a defect
        }
    }

    private async Task ReadAsync()
    {
        PipeReader input = hub.Input;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (LocalCastException)
            {
                return; // the hub has ended
            }

            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameReader.ReadAll(ref buffer, maxFrameBytes * 2, this);
            input.AdvanceTo(buffer.Start, buffer.End);
            driver.Settle();
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    bool IFrameHandler.OnFrame(ReadOnlySpan<byte> body)
    {
        try
        {
            FromHub(BinaryCodec.Decode(body));
        }
        catch (Exception e)
        {
            driver.Failed(e); // whoever sent it hears nothing until its deadline; everybody else goes on
        }

        return true;
    }

    /// <summary>Ends the connection: whoever on this machine waits for others hears it at once.</summary>
    public void End() => hub.Abort();

    /// <summary>Sends what was collected.</summary>
    public void Flush() => _outbox.Flush();

    /// <summary>A node of this machine is to be called.</summary>
    public void Call(DeliverCall call)
    {
        uint number = (uint)call.Handle;
        Envelope message = call.Call.To is { Length: > 0 } ? call.Call : Copy(call.Call, to: NodeName.Agent);
        _served[number] = (call.Handle, message.To!);
        if (TrySend(message, number) is { } error)
        {
            _served.TryRemove(number, out _);
            Answer(call.Handle, new Envelope { Type = MessageType.Result, Error = error });
        }
    }

    /// <summary>The caller of a call gave up.</summary>
    public void Cancel(CancelDelivered cancel)
    {
        if (_served.TryRemove((uint)cancel.Handle, out (long, string Node) served))
        {
            SendAnswer(new Envelope { Type = MessageType.Cancel, To = served.Node, ReplyTo = Text((uint)cancel.Handle) });
        }
    }

    /// <summary>A publication is for this machine.</summary>
    public void Publish(DeliverPublication publication)
    {
        uint number = (uint)publication.Handle;
        if (number != 0)
        {
            _served[number] = (publication.Handle, "");
        }

        if (TrySend(publication.Publication, number) is not { } error)
        {
            return;
        }

        Interlocked.Increment(ref _dropped);
        if (_served.TryRemove(number, out _))
        {
            Answer(publication.Handle, new Envelope { Type = MessageType.Ack, Error = error });
        }
    }

    /// <summary>A participant elsewhere asks who is there.</summary>
    public void Ping(Envelope ping) => TrySend(Copy(ping, id: _pings.Enter(ping.From ?? "", ping.Id ?? ""), to: null));

    /// <summary>A node elsewhere answered a participant of this machine.</summary>
    public void Pong(DeliverPong pong)
    {
        if (_pings.TryFindOwn(pong.Request, out (string Asker, string Id) ping))
        {
            TrySend(Copy(pong.Pong, to: ping.Asker, replyTo: ping.Id));
        }
    }

    /// <summary>A message of a type that the mesh does not know. One that it does know is not for participants.</summary>
    public void Pass(Envelope message)
    {
        if (message.Type == MessageType.Other)
        {
            TrySend(message);
        }
    }

    /// <summary>The answer to what a participant wanted.</summary>
    public void Answer(AnswerRequest answer)
    {
        if (answer.Request is > 0 and <= uint.MaxValue)
        {
            SendAnswer(answer.Answer, (uint)answer.Request);
        }
    }

    private void FromHub(Envelope message)
    {
        long request = uint.TryParse(message.Id, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
        switch (message.Type)
        {
            case MessageType.Call:
                Produce((request, Named(message)), static (machine, call, now) => machine.Call(call.request, call.Item2, now));
                break;
            case MessageType.Cancel when uint.TryParse(message.ReplyTo, NumberStyles.None, CultureInfo.InvariantCulture, out uint cancelled):
                driver.Tell((long)cancelled, static (machine, which, now) => machine.Cancel(which, now));
                break;
            case MessageType.Publish:
                Produce((request, message), static (machine, publication, now) => machine.Publish(publication.request, publication.message, now));
                break;
            case MessageType.Ping:
                driver.Tell((_pings.EnterOwn(message.From ?? "", message.Id ?? ""), message), static (machine, ping, now) => machine.Ping(ping.Item1, ping.message, now));
                break;
            case MessageType.Require:
                Require(request, message);
                break;
            case MessageType.Result or MessageType.Ack when TryServed(message, out long handle):
                driver.Tell((handle, message), static (machine, answer, now) => machine.AnswerCall(answer.handle, answer.message, now));
                break;
            case MessageType.Pong when _pings.TryFind(message.ReplyTo ?? "", out (string Asker, string Id) ping):
                driver.Tell(Copy(message, to: ping.Asker, replyTo: ping.Id), static (machine, pong, now) => machine.Send(pong, now));
                break;
            case MessageType.Other:
                driver.Tell(message, static (machine, other, now) => machine.Send(other, now));
                break;
            default:
                break; // acknowledgements that nobody asked for, and the hub's goodbye
        }
    }

    private void Produce<T>(T what, Action<MeshMachine, T, MeshTime> tell)
    {
        if (driver.TellAndSee(what, tell, static machine => machine.HasMetCongestion))
        {
            Volatile.Write(ref _hasMetCongestion, true);
        }
    }

    private void Require(long request, Envelope message)
    {
        RequireData? data = JsonSerializer.Deserialize(message.Payload.Span, ControlJson.Default.RequireData);
        var within = TimeSpan.FromMilliseconds(message.DeadlineMs ?? 30_000);
        TimeSpan? freshness = data!.FreshnessMs is > 0 and < int.MaxValue and var ms ? TimeSpan.FromMilliseconds(ms) : null;
        driver.Tell((request, data.Names, within, freshness), static (machine, require, now) => machine.Require(require.request, require.Names, now.Now + require.within, require.freshness, now));
    }

    private bool TryServed(Envelope answer, out long handle)
    {
        handle = 0;
        bool found = uint.TryParse(answer.ReplyTo, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && _served.TryRemove(number, out (long Handle, string Node) served)
            && (handle = served.Handle) != 0;
        return found;
    }

    private void Answer(long handle, Envelope answer) =>
        driver.Do((handle, answer), static (machine, what, now) => machine.AnswerCall(what.handle, what.answer, now));

    /// <summary>Who calls by a channel means the node that has it.</summary>
    private Envelope Named(Envelope call) => Channel.TryParse(call.To, out Channel channel) && directory.NameOf(channel) is { } name ? Copy(call, to: name, id: call.Id) : call;

    /// <returns>Why it could not be.</returns>
    private ErrorInfo? TrySend(Envelope message, uint? number = null)
    {
        if (!TryEncode(message, number))
        {
            return _tooLong;
        }

        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, _body.WrittenCount);
        return _outbox.Append(prefix, _body.WrittenSpan) is OutboxResult.Queued or OutboxResult.Congested ? null : _behind;
    }

    /// <summary>Answers are never refused: there are no more of them than requests that the hub has bounded.</summary>
    private void SendAnswer(Envelope message, uint? number = null)
    {
        if (!TryEncode(message, number))
        {
            TryEncode(new Envelope { Type = message.Type, ReplyTo = message.ReplyTo, Error = _tooLong }, number);
        }

        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, _body.WrittenCount);
        _outbox.AppendUrgent(prefix, _body.WrittenSpan);
    }

    /// <summary>Whether a message fits into a frame of the hub's: a longer one would end the connection.</summary>
    private bool TryEncode(Envelope message, uint? number)
    {
        _body.ResetWrittenCount();
        try
        {
            if (number is { } own)
            {
                BinaryCodec.EncodeNumbered(message, own, isReply: message.Type is not (MessageType.Call or MessageType.Publish), _body);
            }
            else
            {
                BinaryCodec.Encode(message, _body);
            }
        }
        catch (LocalCastException)
        {
            return false; // its fields alone are too long
        }

        return _body.WrittenCount <= maxFrameBytes + Broadcasting.Broadcaster.UplinkHeadroom;
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static Envelope Copy(Envelope message, string? to = null, string? id = null, string? replyTo = null) => new()
    {
        Type = message.Type,
        TypeName = message.TypeName,
        Id = id,
        ReplyTo = replyTo,
        From = message.From,
        To = to,
        Topic = message.Topic,
        Group = message.Group,
        Method = message.Method,
        Mode = message.Mode,
        DeadlineMs = message.DeadlineMs,
        Timestamp = message.Timestamp,
        Headers = message.Headers,
        Error = message.Error,
        PayloadKind = message.PayloadKind,
        Payload = message.Payload,
    };
}
