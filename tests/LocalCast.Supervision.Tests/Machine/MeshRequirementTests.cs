using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class MeshRequirementTests
{
    private static readonly MachineOptions _meshed = new() { HasMesh = true };
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(2);

    [Fact]
    public void NotHere_FailsAndSaysThatThereIsNoUplink()
    {
        var rig = new Rig(Of("a", Needs("far") with { IsMeshWide = true }));

        rig.Is("a", SupervisedState.Failed, "requires far ← it is not on this machine, and this agent is in no mesh (--port, --add-peer)");
        rig.Machine.Joined("far", 0, null, true, null, rig.Now);

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void ReadyElsewhere_CountsAndIsBoundTo()
    {
        var rig = new Rig(new MachineOptions { HasMesh = true }, Of("a", Needs("far", RequirementMode.Bind) with { IsMeshWide = true, Version = VersionRange.Parse("^1.0") }));
        rig.Is("a", SupervisedState.Waiting, "far");

        Elsewhere(rig, "2.0.0");
        rig.Is("a", SupervisedState.Failed, "requires far ← version 2.0.0, not ^1.0");

        Elsewhere(rig, "1.3.0");
        rig.Is("a", SupervisedState.Starting);
        rig.Up("a");
        Nowhere(rig);
        rig.Is("a", SupervisedState.Draining);
    }

    [Fact]
    public void NobodyHasIt_IsWaitedForWithinItsTime()
    {
        var rig = new Rig(new MachineOptions { HasMesh = true }, Of("a", Needs("far") with { IsMeshWide = true, Timeout = TimeSpan.FromSeconds(5) }));

        rig.Is("a", SupervisedState.Waiting, "far");
        rig.Advance(6);
        rig.Is("a", SupervisedState.Failed, "requires far ← no agent of the mesh has it ready (waited 5 s)");

        Elsewhere(rig, (string?)null);
        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Version_SecondAgentHasOneThatFits_Starts()
    {
        var rig = new Rig(_meshed, Of("a", Needs("far") with { IsMeshWide = true, Version = VersionRange.Parse("^2.0") }));

        Elsewhere(rig, "1.0.0");
        rig.Is("a", SupervisedState.Failed, "requires far ← version 1.0.0, not ^2.0");
        Elsewhere(rig, "1.0.0", "3.0.0");
        rig.Is("a", SupervisedState.Failed, "requires far ← version 1.0.0, 3.0.0, not ^2.0");
        Elsewhere(rig, "1.0.0", "2.4.0", "3.0.0");

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Version_OwnDoesNotFit_AnotherAgentsDoes()
    {
        var rig = new Rig(_meshed, Of("far") with { Version = "1.0.0" }, Of("a", Needs("far") with { IsMeshWide = true, Version = VersionRange.Parse("^2.0") }));
        rig.Is("a", SupervisedState.Waiting, "far");
        Elsewhere(rig, "3.0.0");
        rig.Is("a", SupervisedState.Waiting, "far"); // its own is on its way, and may fit
        rig.Up("far");
        rig.Is("a", SupervisedState.Failed, "requires far ← version 1.0.0, 3.0.0, not ^2.0");

        Elsewhere(rig, "2.0.0");

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Freshness_SaidToBeReady_StartsOnlyWhenItHasShownIt()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")));
        Elsewhere(rig, "1.0.0");

        rig.Is("a", SupervisedState.Waiting, "far");
        Effect.AskMesh ask = Assert.Single(rig.All<Effect.AskMesh>("a"));
        Assert.Equal(("far", _fresh, TimeSpan.FromSeconds(5)), (ask.Requirement.Node, ask.Requirement.Freshness!.Value, ask.Within));
        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);

        rig.Is("a", SupervisedState.Starting);
        rig.Up("a");
        rig.Advance(4);
        rig.Is("a", SupervisedState.Ready); // what runs is not asked about again
        Assert.Single(rig.All<Effect.AskMesh>("a"));
    }

    [Fact]
    public void Freshness_EachStart_IsAskedAnew()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")));
        Elsewhere(rig, "1.0.0");
        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);
        rig.Up("a");

        rig.Crash("a");
        rig.Advance(1);

        rig.Is("a", SupervisedState.Waiting, "far");
        Assert.Equal(2, rig.Count<Effect.AskMesh>("a"));
    }

    [Fact]
    public void Freshness_NotShownInTime_FailsAndStartsWhenItIsShownAfterAll()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")), Of("b", Needs("a")));
        Elsewhere(rig, "1.0.0");
        rig.Advance(5.1);
        rig.Is("a", SupervisedState.Failed, "requires far ← it is said to be ready, and does not show it (waited 5 s)");
        rig.Is("b", SupervisedState.Failed, "requires a ← far ← it is said to be ready");

        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);

        rig.Is("a", SupervisedState.Starting);
        rig.Is("b", SupervisedState.Waiting, "a");
    }

    [Fact]
    public void Freshness_NobodyCanBeAsked_IsAskedAgainAfterAPause()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")));
        Elsewhere(rig, "1.0.0");
        for (int asked = 1; asked < 10; asked++)
        {
            Assert.Equal(asked, rig.Count<Effect.AskMesh>("a"));
            rig.Machine.MeshConfirmed("a", "far", false, rig.Now);
            rig.Advance(0.9);
            Assert.Equal(asked, rig.Count<Effect.AskMesh>("a"));
            rig.Advance(0.2);
        }

        rig.Is("a", SupervisedState.Failed, "does not show it");
    }

    [Fact]
    public void Freshness_AnotherPrerequisiteIsMissing_IsAskedWhenThatIsUp()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far"), Needs("slow")), Of("slow"));
        Elsewhere(rig, "1.0.0");
        rig.Advance(20); // longer than it may take to show itself: that time has not begun
        Assert.Empty(rig.All<Effect.AskMesh>("a"));
        rig.Is("a", SupervisedState.Waiting, "slow");

        rig.Up("slow");

        rig.Is("a", SupervisedState.Waiting, "far");
        Assert.Single(rig.All<Effect.AskMesh>("a"));
    }

    [Fact]
    public void Freshness_ShownLongerAgoThanThat_IsAskedAgain()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far"), Fresh("farther")));
        rig.Machine.MeshChanged(new Dictionary<string, IReadOnlyList<string?>> { ["far"] = ["1.0.0"], ["farther"] = ["1.0.0"] }, rig.Now);
        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);
        rig.Advance(2.1);
        rig.Machine.MeshConfirmed("a", "farther", true, rig.Now);

        rig.Is("a", SupervisedState.Waiting, "far");
        Assert.Equal(["far", "farther", "far"], rig.All<Effect.AskMesh>("a").Select(ask => ask.Requirement.Node));
        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);
        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Freshness_NodeOfThisMachine_NeedsNotShowItself()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")), Of("far"));
        Elsewhere(rig, "1.0.0");
        rig.Is("a", SupervisedState.Waiting, "far");

        rig.Up("far");

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Freshness_NewManifestWantsIt_SuccessorIsStartedOnceItIsShown()
    {
        var rig = new Rig(_meshed, Of("a"));
        rig.Up("a");
        Elsewhere(rig, "1.0.0");
        rig.Load(Of("a", Fresh("far")).Changed());
        Assert.Single(rig.All<Effect.Launch>("a"));
        rig.Machine.MeshConfirmed("a", "far", false, rig.Now);
        rig.Advance(1);
        Assert.Equal(2, rig.Count<Effect.AskMesh>("a"));
        rig.Is("a", SupervisedState.Ready);

        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);

        Assert.Equal(2, rig.Count<Effect.Launch>("a"));
    }

    [Fact]
    public void Freshness_NewManifestWantsItAndItIsNotShown_TheOldOneServesOn()
    {
        var rig = new Rig(_meshed, Of("a"));
        rig.Up("a");
        Elsewhere(rig, "1.0.0");
        rig.Load(Of("a", Fresh("far")).Changed());

        rig.Advance(5);

        Assert.Contains("does not show it", rig["a"].Upgrade!.Reason, StringComparison.Ordinal);
        Assert.Single(rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Freshness_StoppedMeanwhile_TheAnswerChangesNothing()
    {
        var rig = new Rig(_meshed, Of("a", Fresh("far")));
        Elsewhere(rig, "1.0.0");
        rig.Machine.Stop("a", "operator", rig.Now);

        rig.Machine.MeshConfirmed("a", "far", true, rig.Now);
        rig.Machine.MeshConfirmed("nobody", "far", true, rig.Now);

        rig.Is("a", SupervisedState.Disabled);
        Assert.Null(rig.Machine.NextDue);
    }

    private static Requirement Fresh(string name) => Needs(name) with { IsMeshWide = true, Freshness = _fresh, Timeout = TimeSpan.FromSeconds(5) };

    private static void Elsewhere(Rig rig, params IReadOnlyList<string?> versions) =>
        rig.Machine.MeshChanged(new Dictionary<string, IReadOnlyList<string?>> { ["far"] = versions }, rig.Now);

    private static void Nowhere(Rig rig) => rig.Machine.MeshChanged(new Dictionary<string, IReadOnlyList<string?>>(), rig.Now);
}
