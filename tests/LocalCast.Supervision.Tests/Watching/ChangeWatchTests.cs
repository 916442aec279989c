namespace LocalCast.Supervision.Tests.Watching;

public sealed class ChangeWatchTests
{
    private readonly ChangeWatch _watch = new(TimeSpan.FromMilliseconds(300), countsPaths: true);
    private readonly Dictionary<string, long?> _stamps = new() { ["a"] = 1, ["b"] = 1 };

    [Fact]
    public void Look_TheFirstTime_KnowsNoChange()
    {
        Assert.Empty(Look(_watch, 0));
        Assert.Empty(Look(_watch, 1000));
    }

    [Fact]
    public void Look_AChange_CountsOnceItIsQuiet()
    {
        Look(_watch, 0);
        _stamps["a"] = 2;
        Assert.Empty(Look(_watch, 500));
        _stamps["a"] = 3; // still being written
        Assert.Empty(Look(_watch, 900));
        Assert.Equal(["a"], Look(_watch, 1200));
        Assert.Empty(Look(_watch, 2000));
    }

    [Fact]
    public void Look_AChangeThatIsTakenBack_IsNone()
    {
        Look(_watch, 0);
        _stamps["a"] = 2;
        Look(_watch, 100);
        _stamps["a"] = 1;

        Assert.Empty(Look(_watch, 1000));
    }

    [Fact]
    public void Look_PathsThatComeAndGo_CountForThoseThatAreCounted()
    {
        Look(_watch, 0);
        _stamps["new"] = 1;
        _stamps.Remove("b");
        Look(_watch, 100);

        Assert.Equal(["b", "new"], Look(_watch, 1000).Order());
        Assert.Empty(Look(_watch, 2000));
    }

    [Fact]
    public void Look_PathsThatAreWatchedFromNowOn_AreNoChangeForOthers()
    {
        var watch = new ChangeWatch(TimeSpan.FromMilliseconds(300), countsPaths: false);
        Look(watch, 0);
        (_stamps["new"], _stamps["missing"]) = (1, null);
        _stamps.Remove("b");
        Assert.Empty(Look(watch, 100));
        Assert.Empty(Look(watch, 1000));

        (_stamps["missing"], _stamps["a"]) = (1, null); // it is there at last; and one that was there is not
        Look(watch, 2000);

        Assert.Equal(["a", "missing"], Look(watch, 3000).Order());
    }

    private IReadOnlyList<string> Look(ChangeWatch watch, int milliseconds) => watch.Look(_stamps, TimeSpan.FromMilliseconds(milliseconds));
}
