namespace LocalCast.Supervision.Tests;

public sealed class ChangeWatchTests
{
    private readonly ChangeWatch _watch = new(TimeSpan.FromMilliseconds(300));

    [Fact]
    public void Look_First_KnowsNoChange()
    {
        Assert.Empty(Look(0, ("a", 1)));
        Assert.Empty(Look(1000, ("a", 1)));
    }

    [Fact]
    public void Look_ChangesGoOn_ToldOnceWhenItIsQuiet()
    {
        Look(0, ("a", 1));
        Assert.Empty(Look(100, ("a", 2)));
        Assert.Empty(Look(350, ("a", 3)));
        Assert.Empty(Look(649, ("a", 3)));
        Assert.Equal(["a"], Look(650, ("a", 3)));
        Assert.Empty(Look(2000, ("a", 3)));
    }

    [Fact]
    public void Look_AppearsAndGoes_BothAreChanges()
    {
        Look(0);
        Look(100, ("a", 1));
        Assert.Equal(["a"], Look(400, ("a", 1)));
        Look(500);
        Assert.Equal(["a"], Look(800));
        Assert.Empty(Look(2000));
    }

    [Fact]
    public void Begin_WhatIsThereAlready_IsNoChange()
    {
        Look(0);
        _watch.Begin("a", 1, TimeSpan.Zero);
        _watch.Begin("missing", null, TimeSpan.Zero);
        Assert.Empty(Look(100, ("a", 1)));
        Assert.Empty(Look(1000, ("a", 1)));
        Look(1100, ("a", 2), ("missing", 1));
        Assert.Equal(["a", "missing"], Look(1400, ("a", 2), ("missing", 1)).Order());
    }

    private IReadOnlyList<string> Look(int ms, params (string Path, long Stamp)[] stamps) =>
        _watch.Look(stamps.ToDictionary(entry => entry.Path, entry => entry.Stamp), TimeSpan.FromMilliseconds(ms));
}
