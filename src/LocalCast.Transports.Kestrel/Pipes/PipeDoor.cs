using System.Buffers.Binary;
using System.Text;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel;

/// <summary>The door beside a pipe: H.Pipes' two-step client asks here for the name of the pipe, gets it in one frame, and goes on to it.</summary>
/// <remarks>A visitor costs one short write; one that does not read it or never leaves costs nobody anything, since nothing is awaited of it.</remarks>
public sealed class PipeDoor : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _visit = TimeSpan.FromSeconds(5);

    private readonly PipeListener _listener;
    private readonly byte[] _answer;
    private readonly TimeProvider _timeProvider;
    private readonly Task _accepting;
    private bool _isClosing;

    private PipeDoor(PipeListener listener, string pipeName, TimeProvider timeProvider)
    {
        _listener = listener;
        _timeProvider = timeProvider;
        _answer = new byte[FrameReader.PrefixSize + Encoding.UTF8.GetByteCount(pipeName)];
        BinaryPrimitives.WriteInt32BigEndian(_answer, _answer.Length - FrameReader.PrefixSize);
        Encoding.UTF8.GetBytes(pipeName, _answer.AsSpan(FrameReader.PrefixSize));
        _accepting = AcceptAsync();
    }

    /// <summary>Opens the door of a pipe.</summary>
    public static async Task<PipeDoor> OpenAsync(string pipeName, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        new(await PipeListener.ListenAsync(PipeAddress.DoorOf(pipeName), loggerFactory, cancellationToken).ConfigureAwait(false), pipeName, timeProvider);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isClosing, true);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                if (await _listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is not { } visitor)
                {
                    return;
                }

                _ = AnswerAsync(visitor);
            }
            catch (Exception) when (Volatile.Read(ref _isClosing))
            {
                return;
            }
            catch (Exception)
            {
                // One bad moment, such as no descriptors left, must not close the door; the pause keeps it from spinning.
                await Task.Delay(_pause, _timeProvider).ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerAsync(IByteConnection visitor)
    {
        try
        {
            await visitor.WriteAsync(_answer).AsTask().WaitAsync(_visit, _timeProvider).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LocalCastException or TimeoutException)
        {
            visitor.Abort(); // It left before it was answered, or did not listen.
        }
        finally
        {
            await visitor.DisposeAsync().ConfigureAwait(false);
        }
    }
}
