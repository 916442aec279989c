using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LocalCast.Cli.Commands;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Bench;

/// <summary>Many peers in this process, each linked to one agent and to nobody else.</summary>
internal sealed class StarOfPeers : IAsyncDisposable
{
    private const int DialledAtATime = 8; // an agent bounds how many may be introducing themselves
    private const int MostDials = 20;

    private static readonly TimeSpan _round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _ending = new();
    private readonly StarPeer[] _peers;
    private readonly Task _ticking;

    private StarOfPeers(StarPeer[] peers)
    {
        _peers = peers;
        _ticking = TickAsync();
    }

    /// <summary>Links so many peers to an agent.</summary>
    public static async Task<StarOfPeers> LinkAsync(string address, int count, bool takeNews, CancellationToken stop)
    {
        var limits = new ProtocolLimits();
        var star = new StarOfPeers([.. Enumerable.Range(0, count).Select(place => new StarPeer(MachineOf(place), limits, takeNews))]);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = DialledAtATime, CancellationToken = stop };
            await Parallel.ForEachAsync(star._peers, options, (peer, token) => DialAsync(peer, address, token));
            return star;
        }
        catch
        {
            await star.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the agent has all links, and, when they take news, every peer knows of every other.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitUntilLinkedAsync(LocalNode client, bool knowAll, TimeSpan limit, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        int linked = 0;
        int leastReached = 0;
        while (Stopwatch.GetElapsedTime(start) < limit)
        {
            if (_peers.FirstOrDefault(peer => peer.EndReason is not null) is { } ended)
            {
                throw new LocalCastException(ended.EndReason!.Code, $"a peer's link ended: {ended.EndReason.Message}");
            }

            linked = await CountLinkedAsync(client, stop);
            leastReached = _peers.Min(peer => peer.Reaches);
            if (linked == _peers.Length && _peers.All(peer => peer.IsLinked()) && (!knowAll || leastReached >= _peers.Length))
            {
                return Stopwatch.GetElapsedTime(start);
            }

            await Task.Delay(_look, TimeProvider.System, stop);
        }

        throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"after {limit.TotalSeconds} s the agent had {linked} of {_peers.Length} links, and a peer knew the way to {leastReached} agents"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _ticking;
        foreach (StarPeer peer in _peers)
        {
            peer.Abort();
        }

        _ending.Dispose();
    }

    // As an agent does: what did not answer in time is dialled again.
    private static async ValueTask DialAsync(StarPeer peer, string address, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await peer.DialAsync(address, stop);
                return;
            }
            catch (LocalCastException) when (attempt < MostDials)
            {
                await Task.Delay(_look, TimeProvider.System, stop);
            }
        }
    }

    private static async Task<int> CountLinkedAsync(LocalNode client, CancellationToken stop)
    {
        JsonElement rows = await client.AskAsync("peers", [], TimeSpan.FromSeconds(60), stop);
        return rows.EnumerateArray().Count(row => string.Equals(row.GetProperty("state").GetString(), nameof(PeerState.Connected), StringComparison.OrdinalIgnoreCase));
    }

    private static MeshMachine MachineOf(int place)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"p{place:0000}");
        var random = new Random(place);
        var self = new MeshSelf { Id = id, Name = id, Network = "localcast", Boot = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() };
        return new MeshMachine(self, new MeshOptions { WantedOutbound = 0 }, new AddressBook(random), new MisbehaviourLedger(), random);
    }

    /// <summary>Tells each its time once in a round, spread over it: a thousand at once would be a wave of their own making.</summary>
    private async Task TickAsync()
    {
        const int Parts = 20;
        for (int part = 0; !_ending.IsCancellationRequested; part = (part + 1) % Parts)
        {
            await Task.Delay(_round / Parts, TimeProvider.System, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            for (int place = part; place < _peers.Length; place += Parts)
            {
                _peers[place].Tick();
            }
        }
    }
}
