namespace LocalCast.Protocol.Tests;

public sealed class RequireTableTests
{
    private readonly RequireTable<string> _table = new();
    private readonly HashSet<string> _ready = [];

    [Fact]
    public void TakeComplete_LastNameReady_TakesItOnce()
    {
        _table.Add("a", ["dns", "dht"], At(30));

        Assert.Empty(Ready("dns"));
        Assert.Equal(["a"], Ready("dht"));
        Assert.Empty(Ready("dht"));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void TakeNaming_TakesWhatWaitsForTheName()
    {
        _table.Add("a", ["dns", "dht"], At(30));
        _table.Add("b", ["dht"], At(30));

        Assert.Equal(["a"], _table.TakeNaming("dns").Select(waiting => waiting.Requester));
        Assert.Empty(_table.TakeNaming("dns"));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void TryTake_TakesItOnce()
    {
        RequireTable<string>.Waiting first = _table.Add("a", ["dns"], At(30));
        _table.Add("a", ["dns"], At(30)); // looks the same, and is another

        Assert.True(_table.TryTake(first));

        Assert.False(_table.TryTake(first));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void TakeComplete_NameNobodyWaitsFor_TakesNothing()
    {
        _table.Add("a", ["dns"], At(30));

        Assert.Empty(Ready("dht"));
    }

    [Fact]
    public void TakeComplete_NameWentAwayAgain_Waits()
    {
        _table.Add("a", ["dns", "dht"], At(30));
        Ready("dns");
        _ready.Remove("dns");

        Assert.Empty(Ready("dht"));
        Assert.Equal(["a"], Ready("dns"));
    }

    [Fact]
    public void TakeComplete_TheSameRequirementTwice_TakesBoth()
    {
        string[] names = ["dns"];
        _table.Add("a", names, At(30));
        _table.Add("a", names, At(30));

        Assert.Equal(["a", "a"], Ready("dns"));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void TakeExpired_DeadlineReached_TakesThoseOnly()
    {
        _table.Add("a", ["dns"], At(10));
        _table.Add("b", ["dns"], At(20));

        Assert.Equal(At(10), _table.NextDeadline);
        Assert.Empty(_table.TakeExpired(At(9)));
        Assert.Equal("a", Assert.Single(_table.TakeExpired(At(10))).Requester);
        Assert.Equal(At(20), _table.NextDeadline);
    }

    [Fact]
    public void Remove_RequesterGone_ForgetsIt()
    {
        _table.Add("a", ["dns"], At(10));
        _table.Add("b", ["dns"], At(10));

        _table.Remove(requester => requester == "a");

        Assert.Equal(["b"], Ready("dns"));
        Assert.Equal(TimeSpan.MaxValue, _table.NextDeadline);
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private IEnumerable<string> Ready(string name)
    {
        _ready.Add(name);
        return _table.TakeComplete(name, _ready.Contains).Select(w => w.Requester);
    }
}
