using LocalCast.Agent.Mesh;
using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>The way to the hub, when the hub ends it.</summary>
public sealed class HubWayTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly List<IByteConnection> _hubs = [];
    private readonly HubWay _way;
    private int _opened;
    private Func<Exception?> _refusal = () => null;
    private Task _running = Task.CompletedTask;

    public HubWayTests()
    {
        var driver = new MeshDriver(
            new MeshMachine(new MeshSelf { Id = "a", Name = "a", Network = "n", Boot = 1 }, new MeshOptions(), new AddressBook(new Random(1)), new MisbehaviourLedger(), new Random(1)), _time);
        var pings = new MeshPings(_time);
        _way = new HubWay(number => Open(number, driver, pings), () => _opened++, _time, _log.CreateLogger("way"));
    }

    public Task InitializeAsync()
    {
        _running = _way.RunAsync();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _way.End();
        await _running.DefaultTimeout();
        _way.Dispose();
    }

    [Fact]
    public async Task HubEndsIt_IsOpenedAgainAfterAPauseThatGrows()
    {
        HubBridge first = _way.Bridge;
        double[] pauses = [1, 2, 4, 8, 16, 30, 30];
        for (int i = 0; i < pauses.Length; i++)
        {
            _hubs[^1].Abort();
            await UntilAsync(() => _log.Entries.Count == i + 1);

            _time.Advance(TimeSpan.FromSeconds(pauses[i]) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i + 1, _hubs.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await UntilAsync(() => _opened == i + 1);
        }

        Assert.NotSame(first, _way.Bridge);
        Assert.False(_running.IsCompleted);
    }

    [Fact]
    public async Task WayThatLasted_BeginsThePausesAnew()
    {
        _hubs[^1].Abort();
        await UntilAsync(() => _log.Entries.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => _opened == 1);
        _time.Advance(TimeSpan.FromMinutes(1));

        _hubs[^1].Abort();
        await UntilAsync(() => _log.Entries.Count == 2);

        Assert.Contains("again in 1 s", _log.Entries.Last().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HubStillHasTheLastOne_IsTriedAgain()
    {
        _refusal = () => new InvalidOperationException("There is an uplink already.");
        _hubs[^1].Abort();
        await UntilAsync(() => _log.Entries.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => _log.Entries.Count == 2);
        Assert.Contains("There is an uplink already.", _log.Entries.Last().Message, StringComparison.Ordinal);

        _refusal = () => null;
        _time.Advance(TimeSpan.FromSeconds(1));

        await UntilAsync(() => _opened == 1);
    }

    [Fact]
    public async Task HubIsGoneForGood_Ends()
    {
        _refusal = () => new ObjectDisposedException("hub");
        _hubs[^1].Abort();
        await UntilAsync(() => _log.Entries.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(1));

        await _running.DefaultTimeout();
        Assert.Equal(0, _opened);
    }

    [Fact]
    public async Task End_DuringThePause_IsAtOnce()
    {
        _hubs[^1].Abort();
        await UntilAsync(() => _log.Entries.Count == 1);

        _way.End();

        await _running.DefaultTimeout();
        Assert.Single(_hubs);
    }

    private HubBridge Open(int number, MeshDriver driver, MeshPings pings)
    {
        if (_refusal() is { } refusal)
        {
            throw refusal;
        }

        (IByteConnection hub, IByteConnection mine) = MemoryTransport.CreateInlinePair(1024 * 1024);
        _hubs.Add(hub);
        return new HubBridge(mine, new BroadcasterOptions { AgentName = "a", AgentVersion = "1" }, driver, new MeshDirectory(), pings, (_, _, _) => { }, number);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int attempt = 0; attempt < 10_000 && !condition(); attempt++)
        {
            await Task.Delay(1);
        }

        Assert.True(condition(), "it did not happen");
    }
}
