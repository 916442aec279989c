using System.IO.Pipelines;
using System.Net.WebSockets;
using LocalCast.Protocol;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports;

/// <summary>A WebSocket as a connection: the bytes of binary messages one after the other, and text messages as frames among them.</summary>
/// <remarks>Who began with text is answered in text. Then what is written has to be whole frames of JSON, in however many pieces.</remarks>
public sealed class WebSocketConnection : IByteConnection
{
    private readonly WebSocket _socket;
    private readonly WebSocketReceiver _receiver;
    private readonly WebSocketSender _sender;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private readonly Action? _cut;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;
    private volatile bool _isOver;
    private bool _isDisposed;

    /// <summary>Takes an open WebSocket over.</summary>
    /// <param name="cut">Ends what carries it, where ending the WebSocket does not.</param>
    public WebSocketConnection(WebSocket socket, string remoteAddress, WebSocketTransportOptions options, TimeProvider time, Action? cut = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_socket, RemoteAddress, _closeTimeout, _time, _cut) = (socket, remoteAddress, options.CloseTimeout, time, cut);
        _receiver = new WebSocketReceiver(socket, options.MaxMessageBytes);
        _sender = new WebSocketSender(socket, _receiver);
        _receiving = ReceiveAsync();
    }

    /// <inheritdoc/>
    public PipeReader Input => _receiver.Output;

    /// <inheritdoc/>
    public bool ReadsBlock => false;

    /// <inheritdoc/>
    public PeerIdentity? Peer => null;

    /// <inheritdoc/>
    public ErrorInfo? EndReason { get; private set; }

    /// <summary>Address and port at the other end.</summary>
    public string RemoteAddress { get; }

    /// <summary>Who the peer says it is, where the address that it asked for said so. Nothing proves it.</summary>
    public string? NodeId { get; init; }

    /// <summary>Whether the peer began with text, even if the end of that text is still to come.</summary>
    public bool SpeaksText => _receiver.StartedWithText is true;

    /// <summary>Completes when nothing uses the WebSocket any more.</summary>
    public Task Released => _released.Task;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isOver)
        {
            throw Gone();
        }

        try
        {
            ValueTask send = _sender.SendAsync(bytes);
            return send.IsCompletedSuccessfully ? send : AwaitAsync(send);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Gone(e);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _isOver = true;
        _socket.Abort();
        _cut?.Invoke();
        _receiver.Discard();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _receiver.Output.CompleteAsync().ConfigureAwait(false);
        _receiver.Discard();
        if (!_isOver)
        {
            await CloseAsync(WebSocketCloseStatus.NormalClosure, null).ConfigureAwait(false);
        }

        _isOver = true;
        await WaitForThePeerAsync().ConfigureAwait(false);
        _socket.Abort();
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        _released.TrySetResult();
    }

    /// <summary>What a WebSocket, and the streams below it, throw when they broke or were cut.</summary>
    internal static bool IsBroken(Exception e) => e is WebSocketException or IOException or InvalidOperationException or OperationCanceledException or System.Net.Sockets.SocketException;

    private async Task ReceiveAsync()
    {
        (WebSocketCloseStatus? tell, ErrorInfo? why) = await _receiver.RunAsync().ConfigureAwait(false);
        EndReason = why;
        bool answers = !_isOver;
        _isOver = true;
        _receiver.Complete(); // behind the reason: who sees the end may ask for it
        if (answers)
        {
            await CloseAsync(tell ?? WebSocketCloseStatus.NormalClosure, tell is null ? null : why?.Message).ConfigureAwait(false);
        }

        if (tell is not null)
        {
            await _receiver.DrainAsync().ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string? why)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        using var limit = new CancellationTokenSource(_closeTimeout, _time);
        try
        {
            await _socket.CloseOutputAsync(status, why, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            // It could not be told, in this time or any more; it will see the connection end.
        }
    }

    /// <summary>A socket closed on unread bytes is reset, and what the peer has not read yet, the reason perhaps, is lost on it.</summary>
    private async Task WaitForThePeerAsync()
    {
        try
        {
            await _receiving.WaitAsync(_closeTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _cut?.Invoke();
        }
    }

    private async ValueTask AwaitAsync(ValueTask send)
    {
        try
        {
            await send.ConfigureAwait(false);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Gone(e);
        }

        if (_isOver)
        {
            throw Gone(); // some streams swallow what they could not send
        }
    }

    private static LocalCastException Gone(Exception? cause = null) => new(LocalCastError.Disconnected, "the peer has gone", cause);
}
