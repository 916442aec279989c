using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>
/// Moves what a WebSocket receives into a pipe: binary messages as they are, a text message with its length in front, so that the reader sees
/// frames in either case. A link at rest holds no buffer. Hot path.
/// </summary>
internal sealed class WebSocketReceiver(WebSocket socket, int maxMessageBytes)
{
    /// <summary>A reader that stops is felt by the peer after that many bytes.</summary>
    private const int MostUnread = 64 * 1024;

    private const int FirstTextBuffer = 4 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, // who reads goes on, on the thread that received
        pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));

    private volatile bool _isDiscarding;

    public PipeReader Output => _pipe.Reader;

    /// <summary>Whether the peer's first message was text.</summary>
    public bool? StartedWithText { get; private set; }

    /// <summary>Reads on and throws away: nobody wants it any more, and the peer's close is behind it.</summary>
    public void Discard()
    {
        _isDiscarding = true;
        _pipe.Writer.CancelPendingFlush();
    }

    /// <summary>Receives until the peer closes, breaks a rule, or the connection breaks.</summary>
    /// <returns>Why it ended, when it was not an orderly close; with a status, the peer is still to be told so.</returns>
    public async Task<(WebSocketCloseStatus? Tell, ErrorInfo? Why)> RunAsync()
    {
        try
        {
            return await ReceiveAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (WebSocketConnection.IsBroken(e))
        {
            return (null, e is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted } // the platform has told the peer so: 1002, or 1007
                ? new ErrorInfo(LocalCastError.BadRequest, $"a frame breaks the rules of WebSockets, or its text is not UTF-8: {e.Message}")
                : new ErrorInfo(LocalCastError.Disconnected, "the connection broke"));
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _pipe.Writer.Complete();

    /// <summary>Reads what the peer sent before it learnt of the close, until it closes too.</summary>
    public async Task DrainAsync()
    {
        byte[] waste = ArrayPool<byte>.Shared.Rent(FirstTextBuffer);
        try
        {
            while ((await socket.ReceiveAsync(waste.AsMemory(), CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (WebSocketConnection.IsBroken(e))
        {
            // That is an end, too.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(waste);
        }
    }

    private async Task<(WebSocketCloseStatus? Tell, ErrorInfo? Why)> ReceiveAsync()
    {
        while (true)
        {
            ValueWebSocketReceiveResult start = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
            if (start.MessageType == WebSocketMessageType.Close)
            {
                return (null, WhyClosed());
            }

            bool isText = start.MessageType == WebSocketMessageType.Text;
            StartedWithText ??= isText;
            bool isShort = start.EndOfMessage || (isText
                ? await ReceiveTextAsync().ConfigureAwait(false)
                : await ReceiveBinaryAsync().ConfigureAwait(false));
            if (!isShort)
            {
                return (WebSocketCloseStatus.MessageTooBig, new ErrorInfo(LocalCastError.TooLarge, $"a message has at most {maxMessageBytes} bytes"));
            }
        }
    }

    private async ValueTask<bool> ReceiveBinaryAsync()
    {
        int left = maxMessageBytes + FrameReader.PrefixSize;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(_pipe.Writer.GetMemory(), CancellationToken.None).ConfigureAwait(false);
            left -= received.Count;
            if (left < 0)
            {
                return false;
            }

            await HandOverAsync(received.Count).ConfigureAwait(false);
        }
        while (!received.EndOfMessage);

        return true;
    }

    private async ValueTask<bool> ReceiveTextAsync()
    {
        byte[] text = ArrayPool<byte>.Shared.Rent(FirstTextBuffer);
        try
        {
            int size = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                if (size == text.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(size * 2);
                    text.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(text);
                    text = larger;
                }

                received = await socket.ReceiveAsync(text.AsMemory(size), CancellationToken.None).ConfigureAwait(false);
                size += received.Count;
                if (size > maxMessageBytes)
                {
                    return false;
                }
            }
            while (!received.EndOfMessage);

            Memory<byte> frame = _pipe.Writer.GetMemory(FrameReader.PrefixSize + size);
            BinaryPrimitives.WriteInt32BigEndian(frame.Span, size);
            text.AsMemory(0, size).CopyTo(frame[FrameReader.PrefixSize..]);
            await HandOverAsync(FrameReader.PrefixSize + size).ConfigureAwait(false);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private async ValueTask HandOverAsync(int size)
    {
        if (!_isDiscarding)
        {
            _pipe.Writer.Advance(size);
            await _pipe.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private ErrorInfo? WhyClosed() =>
        socket.CloseStatus is null or WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable or WebSocketCloseStatus.Empty
            ? null
            : new ErrorInfo(LocalCastError.Disconnected, $"the peer closed the WebSocket with {(int)socket.CloseStatus}{(socket.CloseStatusDescription is { Length: > 0 } said ? $": {said}" : "")}");
}
