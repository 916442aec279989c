using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Agent.Mesh;

/// <summary>The connection to the hub: frames in, messages out, bounded both ways. Hot path.</summary>
internal sealed class HubConnection(IByteConnection hub, BroadcasterOptions options)
{
    private static readonly ErrorInfo _tooLong = new(LocalCastError.TooLarge, "with the names that it has on this machine the message is too large for it");
    private static readonly ErrorInfo _behind = new(LocalCastError.Busy, "this agent is behind with what others want of it") { RetryAfter = TimeSpan.FromMilliseconds(100) };
    private static readonly ErrorInfo _ended = new(LocalCastError.Busy, "this agent has just lost the way to its participants, and opens it again") { RetryAfter = TimeSpan.FromSeconds(1) };

    private readonly Outbox _outbox = new(hub, options.MaxQueuedBytes);
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly int _maxFrameBytes = options.Protocol.MaxFrameBytes;

    /// <summary>Reads what the hub hands over, until the hub ends or this end does.</summary>
    /// <param name="frames">Gets each frame.</param>
    /// <param name="batchEnded">Called when those that came together are through.</param>
    public async Task RunAsync(IFrameHandler frames, Action batchEnded)
    {
        try
        {
            await ReadAsync(frames, batchEnded).ConfigureAwait(false);
        }
        finally
        {
            _outbox.Close(); // first: what is sent from now on is refused, and not queued for nobody
            await hub.DisposeAsync().ConfigureAwait(false); // the hub is to know, also when it was a defect
        }
    }

    /// <summary>Ends the connection: whoever on this machine waits for others hears it at once.</summary>
    public void End() => hub.Abort();

    /// <summary>Sends what was collected.</summary>
    public void Flush() => _outbox.Flush();

    /// <summary>Collects a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="number">What it is called on this machine; its own id when absent.</param>
    /// <returns>Why it could not be.</returns>
    public ErrorInfo? TrySend(Envelope message, uint? number = null)
    {
        if (!TryEncode(message, number))
        {
            return _tooLong;
        }

        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, _body.WrittenCount);
        return _outbox.Append(prefix, _body.WrittenSpan) switch
        {
            OutboxResult.Queued or OutboxResult.Congested => null,
            OutboxResult.Closed => _ended,
            _ => _behind,
        };
    }

    /// <summary>Answers are never refused: there are no more of them than requests that the hub has bounded.</summary>
    public void SendAnswer(Envelope message, uint? number = null)
    {
        if (!TryEncode(message, number))
        {
            TryEncode(new Envelope { Type = message.Type, ReplyTo = message.ReplyTo, Error = _tooLong }, number);
        }

        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, _body.WrittenCount);
        _outbox.AppendUrgent(prefix, _body.WrittenSpan);
    }

    private async Task ReadAsync(IFrameHandler frames, Action batchEnded)
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
            FrameReader.ReadAll(ref buffer, _maxFrameBytes * 2, frames);
            input.AdvanceTo(buffer.Start, buffer.End);
            batchEnded();
            if (read.IsCompleted)
            {
                return;
            }
        }
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

        return _body.WrittenCount <= _maxFrameBytes + Broadcaster.UplinkHeadroom;
    }
}
