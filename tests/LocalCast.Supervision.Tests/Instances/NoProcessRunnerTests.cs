using LocalCast.Supervision.Tests.Running;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class NoProcessRunnerTests
{
    private static readonly LaunchSpec _spec = SupervisorRig.Spec(MachineManifests.Of("dns"), 1, "");

    [Fact]
    public async Task Launch_OfAnything_FailsForGoodWithTheReason()
    {
        await using IProcessRunner runner = new NoProcessRunner("not here");
        var listener = new RecordingListener();

        runner.Launch(_spec, listener);

        Assert.Equal("not here", runner.WhyNone);
        Assert.Equal(("not here", true), await listener.FailedTask.DefaultTimeout());
    }

    [Fact]
    public async Task WhatAnotherAgentLeft_IsNeitherAdoptedNorKilled()
    {
        await using IProcessRunner runner = new NoProcessRunner("not here");
        var identity = new InstanceIdentity(Environment.ProcessId, 1, "boot");

        Assert.False(runner.TryAdopt(_spec, identity, new RecordingListener()));
        Assert.Empty(runner.KillLeftovers([new Leftover(identity, "token")]));
    }
}
