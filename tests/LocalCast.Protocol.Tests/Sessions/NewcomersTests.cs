namespace LocalCast.Protocol.Tests.Sessions;

public sealed class NewcomersTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Newcomers<string> _newcomers = new(most: 10, mostEach: 4, Moment);

    [Fact]
    public void Admit_MoreThanOneSourceMayHaveAtOnce_AreRefused()
    {
        Fill("10.0.0.1", 4);

        Assert.Equal(NewcomerVerdict.SourceIsFull, Admit("late", "10.0.0.1", Moment - TimeSpan.FromTicks(1), out string? evicted));
        Assert.Null(evicted);
        Assert.Equal(4, _newcomers.Count);
    }

    [Fact]
    public void Admit_SourceIsFullOfThoseWhoHadTheirMoment_TheOldestOfItMakesRoom()
    {
        Admit("stranger", "10.0.0.2", TimeSpan.Zero, out _);
        Fill("10.0.0.1", 4);

        Assert.Equal(NewcomerVerdict.Admitted, Admit("honest", "10.0.0.1", Moment, out string? evicted));
        Assert.Equal("10.0.0.1 0", evicted);
        Assert.Equal(5, _newcomers.Count);
    }

    [Fact]
    public void Admit_ManyOfThisMachine_AreBoundByTheWholeOnly()
    {
        Fill("127.0.0.1", 10);

        Assert.Equal(NewcomerVerdict.AllIsFull, Admit("late", "127.0.0.1", TimeSpan.Zero, out _));
        Assert.Equal(NewcomerVerdict.Admitted, Admit("later", "127.0.0.1", Moment, out string? evicted));
        Assert.Equal("127.0.0.1 0", evicted);
    }

    [Fact]
    public void Admit_AllIsFull_TheOldestOfWhoHasMostMakesRoomAtOnce()
    {
        Admit("first of all", "10.0.0.9", TimeSpan.Zero, out _);
        Fill("10.0.0.1", 3);
        Fill("10.0.0.2", 4);
        Fill("10.0.0.3", 2);

        Assert.Equal(NewcomerVerdict.Admitted, Admit("honest", "10.0.0.4", TimeSpan.Zero, out string? evicted));
        Assert.Equal("10.0.0.2 0", evicted);
        Assert.Equal(10, _newcomers.Count);
    }

    [Fact]
    public void Admit_AllIsFullOfOneEach_TheOldestMakesRoom()
    {
        for (int i = 0; i < 10; i++)
        {
            Fill($"10.0.1.{i}", 1);
        }

        Assert.Equal(NewcomerVerdict.Admitted, Admit("honest", "10.0.0.4", TimeSpan.Zero, out string? evicted));
        Assert.Equal("10.0.1.0 0", evicted);
    }

    [Fact]
    public void Admit_AllIsFullAndNobodyHasMore_OnlyTheNewcomersOwnMakeRoom()
    {
        for (int i = 0; i < 5; i++)
        {
            Fill($"10.0.1.{i}", 2);
        }

        Assert.Equal(NewcomerVerdict.AllIsFull, Admit("late", "10.0.1.3", TimeSpan.Zero, out _));
        Assert.Equal(NewcomerVerdict.Admitted, Admit("later", "10.0.1.3", Moment, out string? evicted));
        Assert.Equal("10.0.1.3 0", evicted);
    }

    [Fact]
    public void Admit_WhoeverFloods_HonestOnesOfOtherSourcesGetInAndStay()
    {
        var all = new Newcomers<string>(most: 100, mostEach: 16, Moment);
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 10_000; i++)
        {
            all.Admit($"hostile {i}", RemoteSource.Of($"10.0.{i % 20}.1"), now, out _);
            now += TimeSpan.FromMilliseconds(1);
            if (i % 100 == 0)
            {
                Assert.Equal(NewcomerVerdict.Admitted, all.Admit($"honest {i}", RemoteSource.Of($"192.168.0.{i / 100}"), now, out _));
            }
            else if (i % 100 == 50)
            {
                Assert.True(all.Remove($"honest {i - 50}")); // fifty milliseconds later its handshake is over
            }
        }

        Assert.InRange(all.Count, 1, 100);
    }

    [Fact]
    public void Admit_NoRoomForAnybody_Refuses()
    {
        var none = new Newcomers<string>(most: 0, mostEach: 4, Moment);

        Assert.Equal(NewcomerVerdict.AllIsFull, none.Admit("a", RemoteSource.Of("10.0.0.1"), TimeSpan.Zero, out string? evicted));
        Assert.Null(evicted);
    }

    [Fact]
    public void Remove_OneThatIsIn_GivesItsPlaceBack()
    {
        Fill("10.0.0.1", 4);

        Assert.True(_newcomers.Remove("10.0.0.1 2"));
        Assert.False(_newcomers.Remove("nobody"));
        Assert.Equal(NewcomerVerdict.Admitted, Admit("next", "10.0.0.1", TimeSpan.Zero, out string? evicted));
        Assert.Null(evicted);
    }

    private void Fill(string source, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(NewcomerVerdict.Admitted, Admit($"{source} {i}", source, TimeSpan.Zero, out string? evicted));
            Assert.Null(evicted);
        }
    }

    private NewcomerVerdict Admit(string name, string source, TimeSpan now, out string? evicted) => _newcomers.Admit(name, RemoteSource.Of(source), now, out evicted);
}
