using System.Buffers;
using System.IO.Pipelines;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Runs one session: reads frames, has them routed, flushes once per batch, and cleans up at the end. Hot path.</summary>
internal sealed class SessionLoop(Hub hub, Session session) : IFrameHandler
{
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private readonly DeliveryBatch _batch = new(hub);
    private readonly FrameRate? _rate = hub.Options.MaxFramesPerSecond > 0 && !session.IsUplink ? new FrameRate(hub.Options.MaxFramesPerSecond) : null;
    private FrameTranscoder? _transcoder;
    private ErrorInfo? _peerReason;
    private int _frames;

    public async Task RunAsync()
    {
        using (session.Closing.UnsafeRegister(static s => ((Session)s!).Connection.Input.CancelPendingRead(), session))
        {
            try
            {
                await ReadAsync().ConfigureAwait(false);
            }
            catch (LocalCastException e)
            {
                _peerReason ??= e.Error; // the connection broke
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidOperationException or OperationCanceledException)
            {
                _peerReason ??= new ErrorInfo(LocalCastError.Disconnected, "the connection broke");
            }
            catch (Exception e)
            {
                HubLog.Defect(hub.Logger, session.Id, e); // it ends this session, and the session must end properly
                session.Close(new ErrorInfo(LocalCastError.Internal, "a defect of the agent ended the session"));
            }
        }

        await EndAsync().ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        PipeReader input = session.Connection.Input;
        while (!session.Closing.IsCancellationRequested)
        {
            ReadResult read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            int frames;
            try
            {
                frames = ProcessBatch(ref buffer);
                input.AdvanceTo(buffer.Start, _batch.IsLong ? buffer.Start : buffer.End); // what a long turn left is there for the next one
            }
            finally
            {
                _batch.Flush(); // whatever happened: everybody else relies on it for the receivers that it marked
                hub.Housekeeper.Wake();
            }

            if (_peerReason is not null || (read.IsCompleted && !_batch.IsLong))
            {
                return;
            }

            await SlowDownAsync(frames).ConfigureAwait(false);
            if (_batch.IsLong)
            {
                await Task.Yield(); // to the thread pool: this thread may be the one that all others' frames arrive on
            }
        }
    }

    private int ProcessBatch(ref ReadOnlySequence<byte> buffer)
    {
        _batch.Begin();
        _frames = 0;
        RefuseFrame(FrameReader.ReadAll(ref buffer, session.IsUplink ? UplinkPort.MostFrameBytes(hub.Options.Protocol) : hub.Options.Protocol.MaxFrameBytes, this));
        if (_frames > 0)
        {
            session.LastReceived = _batch.Now;
        }

        return _frames;
    }

    bool IFrameHandler.OnFrame(ReadOnlySpan<byte> body)
    {
        _frames++;
        if (_batch.Repeated.TryRoute(body, hub.Subscriptions.Version, hub.Counters, _batch))
        {
            return true;
        }

        ProcessFrame(body);
        return _peerReason is null && session.CloseReason is null && !_batch.IsLong;
    }

    private void RefuseFrame(FrameStatus status)
    {
        if (status is FrameStatus.Partial or FrameStatus.Complete)
        {
            return;
        }

        hub.Counters.CountMalformedFrame();
        session.Close(status == FrameStatus.TooLarge
            ? new ErrorInfo(LocalCastError.TooLarge, $"a frame has at most {hub.Options.Protocol.MaxFrameBytes} bytes")
            : new ErrorInfo(LocalCastError.BadRequest, "a frame's length is negative"));
    }

    private void ProcessFrame(ReadOnlySpan<byte> body)
    {
        string? why;
        try
        {
            bool isJson = body[0] == JsonCodec.FirstByte;
            if (session.Member is null && !session.IsClaiming)
            {
                session.IsJson = body[0] != PacketHeader.Version; // also of a frame that makes no sense: its sender is told in the kind it tried
            }

            if (!isJson && body[0] != PacketHeader.Version)
            {
                why = $"a frame starts with '{{' (JSON) or byte 1 (binary), not with byte {body[0]}";
            }
            else
            {
                ReadOnlySpan<byte> binary = isJson ? (_transcoder ??= new FrameTranscoder(hub.Options.Protocol)).ToBinary(body) : body;
                if (Packet.TryRead(binary, out Packet packet, out why))
                {
                    _peerReason = hub.Router.Route(session, packet, _batch);
                    return;
                }
            }
        }
        catch (InvalidDataException e)
        {
            why = e.Message;
        }
        catch (LocalCastException e)
        {
            why = e.Message;
        }

        hub.Counters.CountMalformedFrame();
        if (!session.IsUplink)
        {
            session.Close(new ErrorInfo(LocalCastError.BadRequest, why)); // the uplink passes on what somebody elsewhere made up: that one gets no answer, all others go on
        }
    }

    /// <summary>Waits before reading on, so that whoever sends faster than it or others read is slowed by its own full socket.</summary>
    private async ValueTask SlowDownAsync(int frames)
    {
        if (_batch.Congested is { } receiver && !session.IsUplink) // all other agents do not wait for one participant: what does not fit is that one's loss
        {
            await Stall.ForAsync(receiver, hub).ConfigureAwait(false);
            NoteThatWeDidNotRead();
        }

        if (_batch.HasSentElsewhere && !session.IsUplink && hub.Uplink.TakeCongestion(session))
        {
            await Task.Delay(Stall.Step, hub.TimeProvider, session.Closing).ConfigureAwait(false);
            NoteThatWeDidNotRead();
        }

        if (session.Outbox.IsCongested)
        {
            // It does not read its own answers: no more questions until it does, or is dropped for it.
            await session.Outbox.WaitForRoomAsync().WaitAsync(session.Closing).ConfigureAwait(false);
            NoteThatWeDidNotRead();
        }

        TimeSpan pause = _rate?.Take(frames, _batch.Now) ?? TimeSpan.Zero;
        while (pause > TimeSpan.Zero)
        {
            Task delay = Task.Delay(pause < _longestPause ? pause : _longestPause, hub.TimeProvider, session.Closing);
            if (await HasLeftWithin(delay).ConfigureAwait(false))
            {
                return;
            }

            NoteThatWeDidNotRead();
            pause = pause > _longestPause ? _rate!.Take(0, hub.Now) : TimeSpan.Zero;
        }
    }

    /// <summary>Waits, unless the participant leaves meanwhile and has nothing more to say.</summary>
    private async ValueTask<bool> HasLeftWithin(Task delay)
    {
        PipeReader input = session.Connection.Input;
        Task<ReadResult> reading = input.ReadAsync(CancellationToken.None).AsTask();
        await Task.WhenAny(reading, delay).ConfigureAwait(false);
        if (!reading.IsCompleted)
        {
            input.CancelPendingRead();
        }

        ReadResult read = await reading.ConfigureAwait(false);
        input.AdvanceTo(read.Buffer.Start); // what it says is taken in when the pause is over
        bool hasLeft = read.IsCompleted && read.Buffer.IsEmpty;
        await (hasLeft ? Task.CompletedTask : delay).ConfigureAwait(false);
        return hasLeft;
    }

    /// <summary>Silence is judged by what we read: while we read nothing, the participant may have sent anything.</summary>
    private void NoteThatWeDidNotRead() => session.LastReceived = hub.Now;

    private async Task EndAsync()
    {
        try
        {
            ErrorInfo? ours = session.CloseReason;
            if (ours is not null)
            {
                Guarded.Run(hub, () => session.Sender.SendLast(new Envelope { Type = MessageType.Goodbye, Error = ours }));
            }

            session.Outbox.Seal(); // its own leaving cancels its calls, and it is not told of that
            hub.Membership.Leave(session, ours ?? _peerReason ?? new ErrorInfo(LocalCastError.Disconnected, "the connection ended"));
        }
        finally
        {
            await DisconnectAsync().ConfigureAwait(false);
        }
    }

    private async Task DisconnectAsync()
    {
        try
        {
            await session.Outbox.CompleteAsync().WaitAsync(hub.Options.CloseTimeout, hub.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            session.Connection.Abort(); // it does not read its last words
        }

        session.Outbox.Close();
        try
        {
            // A transport may hold bytes that the peer never reads, and wait for it.
            await session.Connection.DisposeAsync().AsTask().WaitAsync(hub.Options.CloseTimeout, hub.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            session.Connection.Abort();
        }

        session.Dispose();
    }
}
