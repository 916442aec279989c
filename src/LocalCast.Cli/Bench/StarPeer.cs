using System.Buffers;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Cli.Bench;

/// <summary>An agent's part in the mesh with nothing behind it and one link, which it dialled.</summary>
/// <param name="machine">Its machine; it dials nobody by itself.</param>
/// <param name="limits">The bounds of what it decodes.</param>
/// <param name="takesNews">Whether it takes news of other agents than its neighbour. Without it the agent that is measured gives no documents away.</param>
internal sealed class StarPeer(MeshMachine machine, ProtocolLimits limits, bool takesNews) : IFrameLinkOwner
{
    private static readonly long _start = TimeProvider.System.GetTimestamp();

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private TaskCompletionSource _opened = new();
    private FrameLink? _link;
    private long _number;

    /// <summary>Why its link ended.</summary>
    public ErrorInfo? EndReason { get; private set; }

    /// <summary>How many agents it can reach.</summary>
    public int Reaches => Ask(static machine => machine.Paths.Count);

    private static MeshTime Now => new(TimeProvider.System.GetElapsedTime(_start), TimeProvider.System.GetUtcNow());

    /// <summary>Dials, and waits until the two know each other.</summary>
    public async Task DialAsync(string address, CancellationToken stop)
    {
        _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EndReason = null;
        var connector = new WebSocketConnector(address, machine.Self.Id, new WebSocketTransportOptions(), TimeProvider.System);
        WebSocketConnection connection = await connector.ConnectAsync(stop);
        _link = new FrameLink(connection, new FrameLinkOptions(), TimeProvider.System) { Number = ++_number };
        Do(now => machine.LinkOpened(_number, LinkDirection.Outbound, address, expectedId: null, now));
        _link.Start(this);
        await _opened.Task.WaitAsync(stop); // either side gives a handshake up after a while
    }

    public bool IsLinked() => EndReason is null && Ask(static machine => machine.Links.Any(link => link.Stage == LinkStage.Open));

    public void Tick() => Do(machine.Tick);

    public void Abort() => _link?.Abort(new ErrorInfo(LocalCastError.Disconnected, "the measurement is over"));

    void IFrameLinkOwner.Received(FrameLink link, ReadOnlySpan<byte> body)
    {
        Envelope message = body[0] == JsonCodec.FirstByte ? JsonCodec.Decode(body, limits) : BinaryCodec.Decode(body);
        if (takesNews || message.Type != MessageType.StateSeq)
        {
            int size = body.Length;
            Do(now => machine.Received(link.Number, message, size, now));
        }
    }

    void IFrameLinkOwner.BatchEnded(FrameLink link)
    {
        // Each message was settled as it came.
    }

    void IFrameLinkOwner.RoomAgain(FrameLink link) => Do(_ => machine.RoomAgain(link.Number));

    void IFrameLinkOwner.Malformed(FrameLink link, ErrorInfo why) => Do(now => machine.Malformed(link.Number, why, now));

    void IFrameLinkOwner.Closed(FrameLink link, ErrorInfo reason)
    {
        EndReason ??= reason;
        _opened.TrySetException(new LocalCastException(EndReason.Code, EndReason.Message));
        Do(now => machine.LinkClosed(link.Number, reason, now));
    }

    private T Ask<T>(Func<MeshMachine, T> ask)
    {
        lock (_lock)
        {
            return ask(machine);
        }
    }

    private void Do(Action<MeshTime> tell)
    {
        lock (_lock)
        {
            tell(Now);
            Perform_NeedsLock();
        }

        _link?.Flush();
    }

    private void Perform_NeedsLock()
    {
        while (machine.TryTakeEffect(out MeshEffect? effect))
        {
            switch (effect)
            {
                case WakeLink:
                    Fill_NeedsLock(_link!);
                    break;
                case CloseLink close:
                    Fill_NeedsLock(_link!);
                    EndReason ??= close.Reason;
                    _link!.Close(close.Reason);
                    break;
                case MeshNotice { Name: "link_open" }:
                    _opened.TrySetResult();
                    break;
                default:
                    break; // nobody is behind it whom it could concern
            }
        }
    }

    private void Fill_NeedsLock(FrameLink link)
    {
        while (link.CanSend() && machine.TryTake(link.Number, out Envelope? message))
        {
            if (!takesNews && IsDigest(message))
            {
                continue; // it would show that documents are missing, and be answered with a list of all
            }

            _body.ResetWrittenCount();
            BinaryCodec.Encode(message, _body);
            link.Send(_body.WrittenSpan);
        }
    }

    private static bool IsDigest(Envelope message) => message.Type == MessageType.StateSeq && message.Payload.Span.IndexOf("\"digest\""u8) >= 0 && message.Payload.Span.IndexOf("\"entries\":["u8) < 0;
}
