using LocalCast.Mesh.Tests.Links;

namespace LocalCast.Mesh.Tests.Discovery;

public sealed class DialPlannerTests
{
    private readonly LinkHost _host = new("me", options => options.WantedOutbound = 2);
    private readonly AddressBook _book = new(new Random(1));
    private readonly DialPlanner _planner;

    public DialPlannerTests() => _planner = new DialPlanner(_host.Self, _host.Options, _host.Links, _book, _host.Ledger, new Random(1));

    [Fact]
    public void Plan_TooFewLinks_DialsLearntOnesUpToTheWantedNumber()
    {
        foreach (string host in (string[])["a", "b", "c", "d"])
        {
            _book.AddLearnt($"ws://{host}:1", "x");
        }

        Assert.Equal(2, _planner.Plan(_host.Time).Count);
        Assert.Empty(_planner.Plan(_host.Time));
    }

    [Fact]
    public void Plan_Configured_IsDialledHoweverManyLinksAreUp()
    {
        Wire[] wires = [new Wire(_host, new LinkHost("p1")).Settle(), new Wire(_host, new LinkHost("p2")).Settle()];
        Assert.All(wires, wire => Assert.Equal(LinkStage.Open, wire.Out.Stage));
        _book.AddLearnt("ws://learnt:9", "x");
        _book.AddConfigured("ws://chosen:9");

        Assert.Equal(["ws://chosen:9"], _planner.Plan(_host.Time));
    }

    [Fact]
    public void Plan_FailedOne_WaitsForItsPause()
    {
        _book.AddConfigured("ws://a:9");
        Assert.Single(_planner.Plan(_host.Time));
        for (int i = 0; i < 7; i++)
        {
            _book.Report("ws://a:9", LocalCast.Mesh.DialOutcome.Failed, _host.Now);
        }

        _host.Now = _book.Entries.Single().NotBefore - TimeSpan.FromTicks(1);
        Assert.Empty(_planner.Plan(_host.Time));
        _host.Now += TimeSpan.FromTicks(1);
        Assert.Single(_planner.Plan(_host.Time));
    }

    [Fact]
    public void Plan_BannedOrLinkedAgent_IsNotDialled()
    {
        _ = new Wire(_host, new LinkHost("linked")).Settle();
        _book.AddLearnt("ws://linked:9", "x");
        _book.AddLearnt("ws://banned:9", "x");
        _book.Report("ws://linked:9", DialOutcome.Linked, _host.Now, "linked");
        _book.Report("ws://banned:9", DialOutcome.Linked, _host.Now, "banned");
        _host.Ledger.Add("banned", 100, _host.Time.Wall);

        Assert.Empty(_planner.Plan(_host.Time));
    }
}
