using LocalCast.Supervision.Internal;
using LocalCast.Testing;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests.Running;

/// <summary>One agent after the other, with the same data folder.</summary>
public sealed class NodeMemoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("localcast-memory-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Stop_Answered_IsRememberedByTheNextAgentUntilItIsStarted()
    {
        await using (SupervisorRig first = await StartAsync())
        {
            Task stop = first.Supervisor.StopAsync("dns", "cli-1", CancellationToken.None);
            await first.DoneAsync().DefaultTimeout();
            first.Processes.Launched.Single(instance => instance.Spec.Node == "dns").Listener.Exited(0, null);
            await stop.DefaultTimeout();
            Assert.Equal(new RememberedStop("dns", "cli-1"), Assert.Single(Remembered().Stopped)); // not only when it ends: it may be killed
        }

        await using (SupervisorRig second = await StartAsync())
        {
            Assert.Equal((SupervisedState.Disabled, "cli-1"), (second.Supervisor.Views["dns"].State, second.Supervisor.Views["dns"].StoppedBy));
            Assert.Equal("dht", Assert.Single(second.Processes.Launched).Spec.Node);
            Task start = second.Supervisor.StartAsync("dns", "cli-2", CancellationToken.None);
            await second.DoneAsync().DefaultTimeout();
            await second.ComeUpAsync("dns", 1).DefaultTimeout();
            await start.DefaultTimeout();
            Assert.Empty(Remembered().Stopped);
        }

        await using SupervisorRig third = await StartAsync();
        Assert.Equal(2, third.Processes.Launched.Count);
    }

    [Fact]
    public async Task Stop_OfAPluginThatIsNotThereForAWhile_IsNotForgotten()
    {
        await using (SupervisorRig first = await StartAsync())
        {
            first.Supervisor.Loop.Post((machine, now) => machine.Stop("dns", "cli-1", now));
            await first.DoneAsync().DefaultTimeout();
        }

        await using (var second = new SupervisorRig(_folder.FullName))
        {
            await second.StartAsync(Of("dht"));
            second.Supervisor.Loop.Post((machine, now) => machine.Stop("dht", "cli-2", now));
            await second.DoneAsync().DefaultTimeout();
        }

        Assert.Equal(["dns", "dht"], Remembered().Stopped.Select(stop => stop.Node));
    }

    [Fact]
    public async Task Foreigner_OfTheLastAgent_IsWaitedForAndOneWhoseProcessEndedIsNot()
    {
        await using (var first = new SupervisorRig(_folder.FullName))
        {
            await first.StartAsync(Of("dns").ByHand(), Of("dht").ByHand());
            first.Supervisor.Joined("dns", 0, null, isReady: true, Environment.ProcessId);
            first.Supervisor.Joined("dht", 0, null, isReady: true, int.MaxValue);
            await first.DoneAsync().DefaultTimeout();
        }

        await using SupervisorRig second = await StartAsync();

        Assert.Equal(SupervisedState.Waiting, second.Supervisor.Views["dns"].State);
        Assert.Equal(SupervisedState.Starting, second.Supervisor.Views["dht"].State);
    }

    [Fact]
    public async Task Read_NonsenseInTheFile_IsNoHindrance()
    {
        await File.WriteAllTextAsync(MemoryPath, """{"stopped":[null,{"node":"dns"},{"by":"x"}],"foreign":null}""");

        await using SupervisorRig rig = await StartAsync();

        Assert.Equal(2, rig.Processes.Launched.Count);
    }

    private string MemoryPath => Path.Combine(_folder.FullName, "nodes.json");

    private Remembered Remembered()
    {
        using var log = new LogCollector();
        return new NodeMemory(MemoryPath, log.CreateLogger(""), TimeProvider.System).Recall();
    }

    private async Task<SupervisorRig> StartAsync()
    {
        var rig = new SupervisorRig(_folder.FullName);
        await rig.StartAsync(Of("dns"), Of("dht"));
        await rig.DoneAsync().DefaultTimeout();
        return rig;
    }
}
