using System.Threading.Channels;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>
/// A line between two networks: what goes in at one end comes out at the other, at once or later, or never while it is cut. <c>netem</c> would do it too, but not every
/// kernel has it. Deleting the devices at its ends ends it.
/// </summary>
internal sealed class Line : IAsyncDisposable
{
    private const int LargestFrame = 64 * 1024;

    /// <summary>Frames under way in one direction; what comes beyond it is lost, as on any line.</summary>
    private const int Room = 8192;

    private readonly Tap _left;
    private readonly Tap _right;
    private readonly Task _both;
    private long _delayTicks;
    private volatile bool _isCut;

    private Line(Tap left, Tap right)
    {
        (_left, _right) = (left, right);
        _both = Task.WhenAll(CarryAsync(left, right), CarryAsync(right, left));
    }

    /// <summary>How long a frame is on its way.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        set => Volatile.Write(ref _delayTicks, value.Ticks);
    }

    /// <summary>Whether what goes in is lost. Nobody is told so: both ends stay up.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>Makes its ends, which are down at first.</summary>
    public static async Task<Line> CreateAsync((string Namespace, string Device) left, (string Namespace, string Device) right)
    {
        Tap end = await Tap.OpenAsync(left.Namespace, left.Device);
        try
        {
            return new Line(end, await Tap.OpenAsync(right.Namespace, right.Device));
        }
        catch
        {
            end.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _both.DefaultTimeout();
        _left.Dispose();
        _right.Dispose();
    }

    private async Task CarryAsync(Tap from, Tap to)
    {
        var underway = Channel.CreateBounded<(byte[] Frame, TimeSpan Due)>(new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.DropWrite });
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan Now() => TimeProvider.System.GetElapsedTime(start);

        Task reading = Task.Factory.StartNew(
            () =>
            {
                byte[] buffer = new byte[LargestFrame];
                while (from.TryRead(buffer, out int size))
                {
                    if (IsCut)
                    {
                        continue;
                    }

                    if (Delay is { Ticks: > 0 } delay)
                    {
                        underway.Writer.TryWrite((buffer[..size], Now() + delay));
                    }
                    else
                    {
                        to.Write(buffer, size);
                    }
                }

                underway.Writer.Complete();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await foreach ((byte[] frame, TimeSpan due) in underway.Reader.ReadAllAsync())
        {
            if (due - Now() is { Ticks: > 0 } left)
            {
                await Task.Delay(left);
            }

            if (!IsCut)
            {
                to.Write(frame, frame.Length);
            }
        }

        await reading;
    }
}
