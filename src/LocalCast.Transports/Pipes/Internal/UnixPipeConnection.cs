using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>The connecting end of a pipe on Unix: it reads blocking, on its reader's own thread, and writes on the thread that has something to say.</summary>
internal sealed class UnixPipeConnection : IByteConnection
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly UnixPipeReader _input;
    private readonly BlockingSender _sender;
    private bool _isDisposed;

    private UnixPipeConnection(Socket socket, PeerIdentity peer)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _input = new UnixPipeReader(_handle);
        _sender = new BlockingSender(_handle);
        Peer = peer;
    }

    public PipeReader Input => _input;

    public bool ReadsBlock => true;

    public PeerIdentity? Peer { get; }

    /// <summary>Makes one attempt that does not wait.</summary>
    /// <returns><see langword="null"/> when the agent is there but too busy to accept.</returns>
    public static UnixPipeConnection? TryConnect(string path)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            LimitConnectTime(socket);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            PeerIdentity peer = PeerCredentials.Read(socket);
            if (peer.UserId != PeerCredentials.OwnUserId)
            {
                throw new LocalCastException(LocalCastError.Forbidden, $"the pipe {path} is held by another user (uid {peer.UserId})");
            }

            var connection = new UnixPipeConnection(socket, peer);
            socket = null;
            return connection;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
        {
            return null;
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode == SocketError.AccessDenied
                ? new LocalCastException(LocalCastError.Forbidden, $"the pipe {path} belongs to another user", e)
                : new LocalCastException(LocalCastError.Disconnected, $"no agent listens at {path}", e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    public unsafe ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint sent;
            try
            {
                fixed (byte* buffer = bytes.Span)
                {
                    sent = UnixSocketCalls.Send(_handle, buffer, bytes.Length, UnixSocketCalls.DontWait);
                }
            }
            catch (ObjectDisposedException)
            {
                throw Broken((int)SocketError.Shutdown);
            }

            if (sent >= 0)
            {
                bytes = bytes[(int)sent..];
            }
            else if (Marshal.GetLastPInvokeError() is var error && error == UnixSocketCalls.Again)
            {
                return new ValueTask(_sender.SendAsync(bytes));
            }
            else if (error != UnixSocketCalls.Interrupted)
            {
                throw Broken(error);
            }
        }

        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both); // wakes the reader and the blocking sender
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already, which is what was asked for.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        Abort();
        await _sender.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose(); // the handle is closed when the last call that uses it has returned
    }

    internal static LocalCastException Broken(int error) =>
        new(LocalCastError.Disconnected, "the connection to the agent broke", new SocketException(error));

    private static void LimitConnectTime(Socket socket)
    {
        // A listener with a full backlog would block connect for ever; with a send time-out it answers EAGAIN.
        Span<long> shortly = [0, 50_000];
        (int level, int option) = OperatingSystem.IsLinux() ? (1, 21) : (0xffff, 0x1005);
        socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(shortly));
    }
}
