namespace LocalCast.Supervision.Tests.Running;

public sealed class LiveInstancesTests
{
    private readonly LiveInstances _live = new();

    public LiveInstancesTests() => _live.Keep(["dns", "dht"]);

    [Fact]
    public void Judge_ByItsToken_IsItsOwnInstance()
    {
        _live.Add("dns", 3, "t3");

        Assert.Equal(new Verdict(3, StandsBy: false, null, null), _live.Judge("dns", null, "t3"));
    }

    [Fact]
    public void Judge_ByItsProcess_IsItsOwnInstanceOrAThief()
    {
        Run("dns", 1, pid: 41);

        Assert.Equal(1, _live.Judge("dns", 41, null).Generation);
        Assert.Contains("process 41", _live.Judge("dns", 42, null).Refusal, StringComparison.Ordinal);
        Assert.Equal(("dns", 1), _live.Judge("dht", 41, "nonsense").Culprit);
    }

    [Fact]
    public void Judge_ByItsProcessBeforeItsLaunchIsHeardOf_IsJudgedAnewWhenItIs()
    {
        _live.Add("dns", 1, "t1");

        Verdict verdict = _live.Judge("dns", 41, null);
        Assert.NotNull(verdict.Refusal);
        Assert.True(verdict.IsProvisional);
        Hear("dns", 1, pid: 41);

        Assert.Equal(1, _live.Judge("dns", 41, null).Generation);
        Assert.False(_live.Judge("dns", 42, null).IsProvisional); // now it is known to be another
    }

    [Fact]
    public void Judge_WhoTakesANameThatNobodyLooksAfter_IsFree()
    {
        Run("dns", 1, pid: 41);

        Assert.Equal(default, _live.Judge("cli", 7, null));
        Assert.Equal(default, _live.Judge("dns-2", 41, null)); // a second name of a node's own
        Assert.Equal(default, _live.Judge("dht", 7, null)); // it does not run: who joins by itself is taken as it
    }

    [Fact]
    public void Judge_ANodeWhoseManifestIsGone_IsKeptWhileItRuns()
    {
        Run("dns", 1, pid: 41);
        _live.Keep([]);

        Assert.NotNull(_live.Judge("dns", 42, null).Refusal);
        Assert.Equal(1, _live.Judge("dns", 41, null).Generation);
    }

    [Fact]
    public void Judge_ASuccessor_StandsByWhileItsPredecessorIsThere()
    {
        Upgrade();

        Assert.True(_live.Judge("dns", null, "t2").StandsBy);
        _live.Remove("dns", 1);
        Assert.False(_live.Judge("dns", null, "t2").StandsBy);
    }

    [Fact]
    public void Judge_ASuccessorThatHasTheName_ComesBackToIt()
    {
        Upgrade();
        _live.GiveName("dns", 2);

        Assert.False(_live.Judge("dns", null, "t2").StandsBy); // its connection broke while the old one still stands by
        Assert.True(_live.Judge("dns", null, "t1").StandsBy);
    }

    [Fact]
    public void Judge_AfterARollBack_TheFailedOneStandsBy()
    {
        Upgrade();
        _live.GiveName("dns", 2);
        _live.GiveName("dns", 1);

        Assert.True(_live.Judge("dns", null, "t2").StandsBy);
        Assert.False(_live.Judge("dns", null, "t1").StandsBy);
    }

    [Fact]
    public void Remove_AnInstance_LeavesNothingOfIt()
    {
        Run("dns", 1, pid: 41);
        Assert.Equal(41, Assert.Single(_live.Remember()).Identity.Pid);

        _live.Remove("dns", 1);

        Assert.Empty(_live.Remember());
        Assert.Equal(default, _live.Judge("dns", 41, "t1"));
        Assert.False(_live.TryGet("dns", 1, out _));
    }

    private void Upgrade()
    {
        Run("dns", 1, pid: 41);
        Run("dns", 2, pid: 42);
    }

    private void Run(string node, int generation, int pid)
    {
        _live.Add(node, generation, $"t{generation}");
        Hear(node, generation, pid);
    }

    private void Hear(string node, int generation, int pid)
    {
        LaunchSpec spec = SupervisorRig.Spec(MachineManifests.Of(node), generation, "");
        _live.Runs(node, generation, new FakeInstance(spec, pid, new RecordingListener()));
    }
}
