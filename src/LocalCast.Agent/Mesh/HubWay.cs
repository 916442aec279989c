using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>
/// The way to the hub: one bridge at a time. When the hub ends it, which is a defect unless the agent stops, the next one is opened after a pause: until then this machine is
/// as one without other agents. Pauses grow from a second to half a minute, and begin anew with a way that lasted a minute.
/// </summary>
/// <param name="open">Connects to the hub; the number says how many bridges there were before. Throws <see cref="ObjectDisposedException"/> when the hub takes none any more, and <see cref="InvalidOperationException"/> when not yet.</param>
/// <param name="opened">Called when the way was opened again.</param>
/// <param name="timeProvider">The time.</param>
/// <param name="logger">Is told of each end.</param>
internal sealed class HubWay(Func<int, HubBridge> open, Action opened, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longEnough = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _ending = new();
    private HubBridge _bridge = open(0);

    /// <summary>The bridge that is open, or was last.</summary>
    public HubBridge Bridge => Volatile.Read(ref _bridge);

    /// <summary>Carries until <see cref="End"/>, or until the hub is gone for good.</summary>
    public async Task RunAsync()
    {
        TimeSpan pause = _firstPause;
        for (int generation = 1; ; generation++)
        {
            long start = timeProvider.GetTimestamp();
            ErrorInfo? reason = await RunOneAsync().ConfigureAwait(false);
            pause = timeProvider.GetElapsedTime(start) >= _longEnough ? _firstPause : pause;
            if (!await TryReopenAsync(generation, pause, reason).ConfigureAwait(false))
            {
                return;
            }

            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    /// <summary>Ends the way: whoever on this machine waits for others hears it at once.</summary>
    public void End()
    {
        _ending.Cancel();
        Bridge.End();
    }

    /// <summary>Once <see cref="RunAsync"/> has completed.</summary>
    public void Dispose() => _ending.Dispose();

    private async Task<ErrorInfo?> RunOneAsync()
    {
        try
        {
            return await Bridge.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            MeshLog.Defect(logger, e); // what waits for other agents fails; this machine goes on
            return null;
        }
    }

    /// <returns>Whether there is a way again.</returns>
    private async Task<bool> TryReopenAsync(int generation, TimeSpan pause, ErrorInfo? reason)
    {
        while (!_ending.IsCancellationRequested)
        {
            var pausing = Task.Delay(pause, timeProvider, _ending.Token);
            MeshLog.HubEnded(logger, reason?.ToString() ?? "the connection ended", pause.TotalSeconds);
            try
            {
                await pausing.ConfigureAwait(false);
                Volatile.Write(ref _bridge, open(generation));
                if (_ending.IsCancellationRequested)
                {
                    Bridge.End(); // whoever ended the way meanwhile ended the bridge before this one
                }

                opened();
                return true;
            }
            catch (InvalidOperationException e) when (e is not ObjectDisposedException)
            {
                reason = new ErrorInfo(LocalCastError.Internal, e.Message);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
            {
                return false; // the hub stops, or this agent leaves the mesh
            }
        }

        return false;
    }
}
