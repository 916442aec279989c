using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LocalCast.Transports.Internal;

/// <summary>
/// Sends what the socket did not take at once. A thread of its own waits in <c>send</c>, so that no other thread has to;
/// it exists only on connections that were ever congested.
/// </summary>
internal sealed class BlockingSender(SafeHandle handle) : IAsyncDisposable
{
    private readonly SemaphoreSlim _work = new(0);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _bytes;
    private TaskCompletionSource? _sent;
    private readonly Lock _lock = new();
    private bool _hasThread;
    private volatile bool _isStopping;

    /// <summary>Sends all of it. One call at a time, as the connection's contract says.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = new TaskCompletionSource(); // the outbox goes on writing on the thread below, without a detour
        lock (_lock)
        {
            if (_isStopping)
            {
                throw UnixPipeConnection.Broken((int)SocketError.Shutdown);
            }

            (_bytes, _sent) = (bytes, sent);
            if (!_hasThread)
            {
                _hasThread = true;
                new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "localcast send" }.Start();
            }

            _work.Release();
        }

        return sent.Task;
    }

    /// <summary>Ends the thread; the connection is aborted already, so that <c>send</c> returns.</summary>
    public async ValueTask DisposeAsync()
    {
        bool hasThread;
        lock (_lock)
        {
            hasThread = _hasThread && !_isStopping;
            _isStopping = true;
            if (hasThread)
            {
                _work.Release();
            }
        }

        if (hasThread)
        {
            await _ended.Task.ConfigureAwait(false);
            _work.Dispose();
        }
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            if (_sent is { } sent)
            {
                _sent = null;
                Send(sent);
            }
            else if (_isStopping)
            {
                _ended.SetResult();
                return;
            }
        }
    }

    private unsafe void Send(TaskCompletionSource sent)
    {
        ReadOnlySpan<byte> rest = _bytes.Span;
        while (!rest.IsEmpty)
        {
            nint count;
            try
            {
                fixed (byte* buffer = rest)
                {
                    count = UnixSocketCalls.Send(handle, buffer, rest.Length, flags: 0);
                }
            }
            catch (ObjectDisposedException)
            {
                sent.SetException(UnixPipeConnection.Broken((int)SocketError.Shutdown));
                return;
            }

            if (count >= 0)
            {
                rest = rest[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() is var error && error != UnixSocketCalls.Interrupted && error != UnixSocketCalls.Again)
            {
                sent.SetException(UnixPipeConnection.Broken(error));
                return;
            }
        }

        sent.SetResult();
    }
}
