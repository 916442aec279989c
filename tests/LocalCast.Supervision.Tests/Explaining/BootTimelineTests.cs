using static LocalCast.Supervision.Tests.Explaining.Views;

namespace LocalCast.Supervision.Tests.Explaining;

public sealed class BootTimelineTests
{
    [Fact]
    public void Of_ABoot_HasItsCriticalPathAndKeepsLaterStartsApart()
    {
        var line = BootTimeline.Of(
        [
            Started("dht", 10, 10.4, 11, "dns"),
            Started("dns", 10, 10, 10.4, null),
            Started("clock", 10, 10, 10.1, null),
            Started("db", 10, null, null, null),
            Started("late", 50, 50, 51, "dns"),
            One("never", SupervisedState.Waiting, 1),
        ]);
        Assert.Equal(["clock", "dns", "dht", "db"], line.Rows.Select(row => row.Node));
        Assert.Equal(["dns", "dht"], line.CriticalPath);
        Assert.Equal(TimeSpan.FromSeconds(1), line.Total);
        Assert.Equal((TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.6)), (line.Rows[2].Waited, line.Rows[2].Took));
        Assert.Equal("late", Assert.Single(line.Later).Node);
        Assert.Equal(
            """
              clock  ████                                      waited 0 s, took 100 ms
            * dns    ████████████████                          waited 0 s, took 400 ms
            * dht    ················████████████████████████  waited 400 ms, took 600 ms, unblocked by dns
              db     ········································  waits
            all of it took 1 s; critical path (*): dns → dht
            started later:
              late   waited 0 s, took 1 s, unblocked by dns

            """.ReplaceLineEndings("\n"),
            line.ToString());
    }

    [Fact]
    public void Of_NothingOrNothingReady_DoesNotFail()
    {
        Assert.Equal("nothing was started yet\n", BootTimeline.Of([]).ToString());
        Assert.Empty(BootTimeline.Of([Started("a", 1, 1, null, null)]).CriticalPath);
        Assert.Equal(["b", "a"], BootTimeline.Of([Started("a", 1, 2, 3, "b"), Started("b", 1, 1, 2, "a")]).CriticalPath);
    }

    [Fact]
    public void Of_ANodeThatRestartedLater_KeepsTheTimesOfTheBoot()
    {
        NodeView dns = Started("dns", 1, 1, 2, null) with { Boot = new BootTimes(Time(50)!.Value, Time(50), Time(50.5), null) };

        var line = BootTimeline.Of([dns, Started("dht", 1, 2, 4, "dns")]);

        Assert.Equal(["dns", "dht"], line.CriticalPath);
        Assert.Equal(TimeSpan.FromSeconds(3), line.Total);
        Assert.Equal((TimeSpan.FromSeconds(49), false), (Assert.Single(line.Later).WantedAt, line.Later[0].IsCritical));
    }

    private static NodeView Started(string name, double wanted, double? launched, double? ready, string? unblockedBy)
    {
        var boot = new BootTimes(TimeSpan.FromSeconds(wanted), Time(launched), Time(ready), unblockedBy);
        return One(name, SupervisedState.Ready, 0) with { Boot = boot, FirstBoot = boot };
    }

    private static TimeSpan? Time(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
