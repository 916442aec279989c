using LocalCast.Supervision.Internal;
using LocalCast.Testing;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests.Running;

public sealed class AdoptionTests : IAsyncLifetime
{
    private readonly SupervisorRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Start_ASurvivor_IsAdoptedAndNotStartedAgain()
    {
        await RememberAsync(new RememberedInstance("dns", 4, "t4", new InstanceIdentity(41, 1, "boot")));
        _rig.Processes.Survivors.Add(41);

        await _rig.StartAsync(Surviving("dns")).DefaultTimeout();
        Assert.Equal(4, _rig.Supervisor.Live.Judge("dns", null, "t4").Generation);
        await _rig.ComeUpAsync("dns", 4).DefaultTimeout();

        Assert.Equal((SupervisedState.Ready, 41), (_rig.Supervisor.Views["dns"].State, _rig.Supervisor.Views["dns"].Pid));
        Assert.Single(_rig.Processes.Launched);
        Assert.Empty(_rig.Processes.Killed);
    }

    [Fact]
    public async Task Start_ASurvivorThatEndsMeanwhile_IsStartedAgain()
    {
        await RememberAsync(new RememberedInstance("dns", 4, "t4", new InstanceIdentity(41, 1, "boot")));
        _rig.Processes.Survivors.Add(41);
        await _rig.StartAsync(Surviving("dns")).DefaultTimeout();

        _rig.Processes.Launched.Single().Listener.Exited(null, null);
        await _rig.DoneAsync().DefaultTimeout();
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Equal([4, 5], _rig.Processes.Launched.Select(instance => instance.Spec.Generation));
    }

    [Fact]
    public async Task Start_WhatWasNotToSurvive_IsEndedWithItsFiles()
    {
        string file = Path.Combine(_rig.Folder, "out");
        await File.WriteAllTextAsync(file, "old");
        await RememberAsync(
            new RememberedInstance("dns", 4, "t4", new InstanceIdentity(41, 1, "boot")),
            new RememberedInstance("gone", 1, "t1", new InstanceIdentity(42, 1, "boot")) { Files = [file] });

        await _rig.StartAsync(Of("dns")).DefaultTimeout();

        Assert.Equal([41, 42], _rig.Processes.Killed);
        Assert.False(File.Exists(file));
        Assert.Equal(1, _rig.Processes.Launched.Single().Spec.Generation);
    }

    [Fact]
    public async Task Start_ASurvivorThatCannotBeDescribed_IsEndedAndTheOthersAreAdopted()
    {
        await RememberAsync(
            new RememberedInstance("bad", 1, "t1", new InstanceIdentity(41, 1, "boot")),
            new RememberedInstance("good", 1, "t2", new InstanceIdentity(42, 1, "boot")));
        _rig.Processes.Survivors.UnionWith([41, 42]);
        _rig.SpecOf = (manifest, generation, token) => manifest.Name == "bad" ? throw new ArgumentException("no path") : SupervisorRig.Spec(manifest, generation, token);

        await _rig.StartAsync(Surviving("bad"), Surviving("good")).DefaultTimeout();

        Assert.Equal([41], _rig.Processes.Killed);
        Assert.Equal("good", _rig.Processes.Launched.Single().Spec.Node);
    }

    [Fact]
    public async Task Exited_ASurvivor_LeavesNoFiles()
    {
        string file = Path.Combine(_rig.Folder, "out");
        _rig.SpecOf = (manifest, generation, token) => SupervisorRig.Spec(manifest, generation, token) with { OutputFile = file };
        await _rig.StartAsync(Surviving("dns")).DefaultTimeout();
        await File.WriteAllTextAsync(file, "last words");

        _rig.Processes.Launched.Single().Listener.Exited(1, null);

        Assert.False(File.Exists(file));
    }

    private static NodeManifest Surviving(string name) => Of(name) with { Survives = true };

    private async Task RememberAsync(params RememberedInstance[] instances)
    {
        var file = new InstanceFile(Path.Combine(_rig.Folder, "instances.json"), _rig.Log.CreateLogger(""), TimeProvider.System);
        file.Write(() => instances, isUrgent: true);
        await file.DisposeAsync();
    }
}
