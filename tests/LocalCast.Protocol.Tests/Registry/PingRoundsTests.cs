namespace LocalCast.Protocol.Tests;

public sealed class PingRoundsTests
{
    private const string Asker = "asker";

    private static readonly TimeSpan _start = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan _instant = TimeSpan.FromTicks(1);

    private readonly PingRounds<string> _rounds = new(mostRounds: 2);

    [Fact]
    public void TryStart_NobodyAsked_NeedsNoRound()
    {
        Assert.True(_rounds.TryStart(Asker, "1", [], _start));
        Assert.Equal(0, _rounds.Count);
        Assert.Equal(TimeSpan.MaxValue, _rounds.NextDeadline);
    }

    [Fact]
    public void TryStart_SameIdTwice_IsRefusedButAnotherAskerMayUseIt()
    {
        Assert.True(_rounds.TryStart(Asker, "1", ["a"], _start));
        Assert.False(_rounds.TryStart(Asker, "1", ["b"], _start));
        Assert.True(_rounds.TryStart("other", "1", ["a"], _start));
    }

    [Fact]
    public void TryStart_NoRoom_IsRefused()
    {
        _rounds.TryStart(Asker, "1", ["a"], _start);
        _rounds.TryStart(Asker, "2", ["a"], _start);

        Assert.False(_rounds.TryStart(Asker, "3", ["a"], _start));
    }

    [Fact]
    public void TryAnswerOther_AsManyAsThereAre_Count()
    {
        _rounds.TryStart(Asker, "1", ["a"], _start, others: 2);

        Assert.True(_rounds.TryAnswerOther(Asker, "1", _start));
        Assert.True(_rounds.TryAnswerOther(Asker, "1", _start));
        Assert.False(_rounds.TryAnswerOther(Asker, "1", _start));
        Assert.True(_rounds.TryAnswer(Asker, "1", "a", _start));
        Assert.Equal(0, _rounds.Count);
    }

    [Fact]
    public void ForgetOthers_OthersAnsweredBefore_CountsOnlyThoseStillOut()
    {
        _rounds.TryStart(Asker, "1", ["a"], _start, others: 3);
        _rounds.TryAnswerOther(Asker, "1", _start);

        Assert.Equal(2, _rounds.ForgetOthers(Asker, "1"));
        Assert.False(_rounds.TryAnswerOther(Asker, "1", _start));
        Assert.Equal(0, _rounds.ForgetOthers(Asker, "2"));
    }

    [Fact]
    public void LeaveOthers_EndsRoundsThatAwaitedNobodyElse()
    {
        _rounds.TryStart(Asker, "1", [], _start, others: 2);
        _rounds.TryStart(Asker, "2", ["a"], _start);

        Assert.Equal([(Asker, "1", 0)], _rounds.LeaveOthers());
        Assert.Equal(1, _rounds.Count);
    }

    [Fact]
    public void TryAnswer_FirstOfOneAsked_CountsOnce()
    {
        _rounds.TryStart(Asker, "1", ["a", "b"], _start);

        Assert.True(_rounds.TryAnswer(Asker, "1", "a", _start));
        Assert.False(_rounds.TryAnswer(Asker, "1", "a", _start));
        Assert.False(_rounds.TryAnswer(Asker, "1", "c", _start));
        Assert.False(_rounds.TryAnswer(Asker, "2", "b", _start));
        Assert.False(_rounds.TryAnswer("other", "1", "b", _start));
    }

    [Fact]
    public void TryAnswer_AllAnswered_EndsTheRound()
    {
        _rounds.TryStart(Asker, "1", ["a", "b"], _start);

        _rounds.TryAnswer(Asker, "1", "a", _start);
        Assert.Equal(1, _rounds.Count);
        _rounds.TryAnswer(Asker, "1", "b", _start);
        Assert.Equal(0, _rounds.Count);
    }

    [Fact]
    public void TryAnswer_AtFiveSecondsAndLater_CountsThenDoesNot()
    {
        _rounds.TryStart(Asker, "1", ["a", "b"], _start);

        Assert.True(_rounds.TryAnswer(Asker, "1", "a", _start + TimeSpan.FromSeconds(5)));
        Assert.False(_rounds.TryAnswer(Asker, "1", "b", _start + TimeSpan.FromSeconds(5) + _instant));
    }

    [Fact]
    public void Expire_TimeOver_EndsThatRoundOnly()
    {
        _rounds.TryStart(Asker, "1", ["a"], _start);
        _rounds.TryStart(Asker, "2", ["a"], _start + _instant);
        Assert.Equal(_start + PingRounds<string>.Window, _rounds.NextDeadline);

        _rounds.Expire(_start + PingRounds<string>.Window);
        Assert.Equal(2, _rounds.Count);
        _rounds.Expire(_start + PingRounds<string>.Window + _instant);

        Assert.Equal(1, _rounds.Count);
        Assert.Equal(_start + PingRounds<string>.Window + _instant, _rounds.NextDeadline);
    }

    [Fact]
    public void Leave_OneAsked_ShortensTheRoundsThatAwaitedIt()
    {
        _rounds.TryStart(Asker, "1", ["a", "b"], _start);
        _rounds.TryStart("other", "7", ["a"], _start);

        Assert.Equal([(Asker, "1", 1), ("other", "7", 0)], _rounds.Leave("a"));
        Assert.Empty(_rounds.Leave("a"));
        Assert.Equal(1, _rounds.Count);
    }

    [Fact]
    public void Leave_AfterOthersAnswered_CountsTheirAnswersToo()
    {
        _rounds.TryStart(Asker, "1", ["a", "b", "c"], _start);
        _rounds.TryAnswer(Asker, "1", "a", _start);

        Assert.Equal([(Asker, "1", 2)], _rounds.Leave("b"));
    }

    [Fact]
    public void Leave_OneThatAnswered_ShortensNothing()
    {
        _rounds.TryStart(Asker, "1", ["a", "b"], _start);
        _rounds.TryAnswer(Asker, "1", "a", _start);

        Assert.Empty(_rounds.Leave("a"));
    }

    [Fact]
    public void Leave_TheAsker_EndsItsRounds()
    {
        _rounds.TryStart(Asker, "1", ["a"], _start);

        Assert.Empty(_rounds.Leave(Asker));
        Assert.Equal(0, _rounds.Count);
        Assert.False(_rounds.TryAnswer(Asker, "1", "a", _start));
    }
}
