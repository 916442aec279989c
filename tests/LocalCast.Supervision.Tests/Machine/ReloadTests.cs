using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class ReloadTests
{
    [Fact]
    public void Load_NothingChanged_DoesNothing()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")));
        rig.Up("a", "b");
        rig.Forget();

        rig.Load(Of("a"), Of("b", Needs("a")));

        Assert.Empty(rig.Effects);
    }

    [Fact]
    public void Added_Boot_IsStarted()
    {
        var rig = new Rig(Of("a"));

        rig.Load(Of("a"), Of("b"), Of("c").OnDemand());

        rig.Is("b", SupervisedState.Starting);
        rig.Is("c", SupervisedState.Waiting);
    }

    [Fact]
    public void Removed_Running_GoesOnWithANoteAndIsForgottenWhenStopped()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");

        rig.Load([], []);
        rig.Is("a", SupervisedState.Ready);
        Assert.Contains("its plugin folder is gone", rig["a"].Notes);
        rig.Machine.Stop("a", "operator", rig.Now);
        rig.Exit("a");

        Assert.Empty(rig.Machine.Views);
        Assert.Null(rig.Machine.NextDue);
    }

    [Fact]
    public void Removed_Crashes_IsFailedUntilAnOperatorStopsItOrItIsBack()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");
        rig.Load([], []);

        rig.Crash("a");
        rig.Is("a", SupervisedState.Failed, "its plugin folder is gone");
        Assert.NotNull(rig.Machine.Start("a", "operator", rig.Now));
        rig.Advance(1000);
        Assert.Single(rig.All<Effect.Launch>("a"));
        rig.Load(Of("a"));

        rig.Up("a");
    }

    [Fact]
    public void Removed_NotRunning_IsForgotten()
    {
        var rig = new Rig(Of("a").OnDemand());

        rig.Load([], []);

        Assert.Empty(rig.Machine.Views);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changed_FailedOrInBackoff_IsTriedAtOnceByTheNewManifest(bool isFailed)
    {
        var rig = new Rig(isFailed ? Of("a").Policy(RestartPolicy.Never) : Of("a"));
        rig.Crash("a");

        rig.Load(Of("a").Changed());

        rig.Is("a", SupervisedState.Starting);
        Assert.Equal("2", rig.All<Effect.Launch>("a").Last().Manifest.Fingerprint);
        Assert.Equal(0, rig["a"].Failures);
    }

    [Fact]
    public void Changed_Sleeping_TakesTheNewManifest()
    {
        var rig = new Rig(Of("a").OnDemand());

        rig.Load(Of("a").Changed().OnDemand());
        rig.Is("a", SupervisedState.Waiting);
        rig.Machine.Activate("a", "caller", rig.Now);

        Assert.Equal("2", rig.All<Effect.Launch>("a").Last().Manifest.Fingerprint);
    }

    [Fact]
    public void Changed_NowDisabled_IsStopped()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");

        rig.Load(Of("a").Changed() with { DisabledBecause = "switched off" });
        rig.Is("a", SupervisedState.Draining, "switched off");
        rig.Exit("a");

        rig.Is("a", SupervisedState.Disabled, "switched off");
        rig.Load(Of("a").Changed("3"));
        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Changed_NowRefused_RunsOnAndFailsOnlyWhenItEnds()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");

        rig.Load([Of("a", Needs("a")).Changed()], new() { ["a"] = "requires itself" });
        rig.Is("a", SupervisedState.Ready);
        Assert.Contains("its manifest is refused: requires itself", rig["a"].Notes);
        rig.Crash("a");
        rig.Is("a", SupervisedState.Failed, "requires itself");

        rig.Load(Of("a").Changed("3"));
        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Views_NothingHappened_AreTheSameObjects()
    {
        var rig = new Rig(Of("a"), Of("b"));
        rig.Up("a", "b");
        NodeView a = rig["a"];
        NodeView b = rig["b"];

        rig.Crash("b");

        Assert.Same(a, rig["a"]);
        Assert.NotSame(b, rig["b"]);
        Assert.Equal(SupervisedState.Ready, b.State);
        Assert.Equal(["a", "b"], rig.Machine.Views.Select(view => view.Manifest.Name));
    }
}
