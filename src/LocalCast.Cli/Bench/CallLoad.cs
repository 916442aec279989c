using System.Diagnostics;
using System.Security.Cryptography;
using LocalCast.Protocol;

namespace LocalCast.Cli.Bench;

/// <summary>Calls an echo node again and again, one call at a time or many at once, and times each call.</summary>
/// <remarks>Cancellation is looked at between calls and not passed to them: it would be one more thing that is measured.</remarks>
internal sealed class CallLoad(LocalNode node, string target, int size, int concurrency)
{
    private const string Method = "echo";

    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(size);
    private long[] _ticks = [];
    private int _begun;
    private volatile bool _hasFailed; // one loop has; the others need not go on

    /// <summary>Does so many calls; the first that fails or returns something else ends it.</summary>
    public async Task<Measurement> RunAsync(int count, CancellationToken cancellationToken)
    {
        _ticks = new long[count];
        _begun = 0;
        long start = Stopwatch.GetTimestamp();
        if (concurrency == 1)
        {
            await RunOneAsync(cancellationToken);
        }
        else
        {
            var loops = new Task[Math.Min(concurrency, count)];
            for (int i = 0; i < loops.Length; i++)
            {
                loops[i] = RunLoopAsync(cancellationToken);
            }

            await Task.WhenAll(loops);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(_ticks);
        return new Measurement(count / seconds, Measurement.Percentile(_ticks, 0.50), Measurement.Percentile(_ticks, 0.99));
    }

    private async Task RunOneAsync(CancellationToken cancellationToken)
    {
        long[] ticks = _ticks;
        for (int i = 0; i < ticks.Length && !cancellationToken.IsCancellationRequested; i++)
        {
            long start = Stopwatch.GetTimestamp();
            byte[] result = await node.CallBytesAsync(target, Method, _payload, cancellationToken: CancellationToken.None);
            ticks[i] = Stopwatch.GetTimestamp() - start;
            Check(result);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task RunLoopAsync(CancellationToken cancellationToken)
    {
        try
        {
            long[] ticks = _ticks;
            for (int i = Interlocked.Increment(ref _begun) - 1; i < ticks.Length; i = Interlocked.Increment(ref _begun) - 1)
            {
                if (_hasFailed)
                {
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                byte[] result = await node.CallBytesAsync(target, Method, _payload, cancellationToken: CancellationToken.None);
                ticks[i] = Stopwatch.GetTimestamp() - start;
                Check(result);
            }
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private void Check(byte[] result)
    {
        if (!result.AsSpan().SequenceEqual(_payload))
        {
            throw new LocalCastException(LocalCastError.Internal, $"a wrong result: {result.Length} bytes that are not the {size} that were sent");
        }
    }
}
