using System.Collections.Concurrent;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

public abstract class ConnectionTests(TestPlace place) : NodeTest(place)
{
    [Fact]
    public async Task Agent_IsKilled_CallsFailWithinASecondAndTheNodeComesBack()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns");
        dns.Handle("hang", (CancellationToken ct) => Task.Delay(Timeout.Infinite, ct));
        dns.Handle("echo", (int i) => i);
        await using NodeSubscription<int> subscription = await caller.OpenSubscriptionAsync<int>("a.*").DefaultTimeout();
        var changes = new ConcurrentQueue<NodeStateChange>();
        caller.OnStateChanged += changes.Enqueue;
        Task[] calls = [.. Enumerable.Range(0, 100).Select(_ => caller.CallAsync("dns", "hang").AsTask())];
        await dns.CallAsync<System.Text.Json.JsonElement>("localcast", "ps").DefaultTimeout();

        long killed = TimeProvider.System.GetTimestamp();
        await KillAgentAsync();
        foreach (Task call in calls)
        {
            await FailsAsync(LocalCastError.Disconnected, () => call);
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await UntilAsync(() => caller.State == NodeState.Reconnecting);
        await FailsAsync(LocalCastError.Disconnected, () => caller.CallAsync<int>("dns", "echo", [1]).AsTask());

        await StartAgentAsync();

        await BackAsync(caller, dns);
        Assert.Equal(1, await caller.CallAsync<int>("dns", "echo", [1]).DefaultTimeout());
        await dns.PublishAsync("a.b", 7).DefaultTimeout();
        Assert.Equal(7, Assert.Single(await TopicTests.TakeAsync(subscription, 1)).Data);
        Assert.Equal(
            [(NodeState.Ready, NodeState.Reconnecting, LocalCastError.Disconnected), (NodeState.Reconnecting, NodeState.Ready, null)],
            changes.Select(c => (c.Old, c.New, c.Reason?.Code)));
    }

    [Fact]
    public async Task Agent_Stops_NodesComeBackToTheNext()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns", o => o.Requires("caller"));
        dns.Handle("echo", (int i) => i);
        await Agent.StopAsync("an update").DefaultTimeout();
        await UntilAsync(() => (caller.State, dns.State) == (NodeState.Reconnecting, NodeState.Reconnecting));

        await StartAgentAsync();

        await BackAsync(caller, dns);
        Assert.Equal(1, await caller.CallAsync<int>("dns", "echo", [1]).DefaultTimeout());
    }

    [Fact]
    public async Task Agent_IsKilledUnderLoad_EveryCallEndsOnce()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns");
        dns.HandleBytes("echo", (bytes, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(bytes.ToArray()));
        Task<int>[] calling = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            int answered = 0;
            try
            {
                while (true)
                {
                    await caller.CallBytesAsync("dns", "echo", new byte[8000]).DefaultTimeout();
                    answered++;
                }
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected)
            {
                return answered;
            }
        }))];
        await Task.WhenAny(Task.WhenAny(calling), Task.Delay(200));

        await KillAgentAsync();

        Assert.All(await Task.WhenAll(calling).DefaultTimeout(), answered => Assert.True(answered > 0));
        await StartAgentAsync();
        await BackAsync(caller, dns);
        Assert.Equal(3, (await caller.CallBytesAsync("dns", "echo", new byte[3]).DefaultTimeout()).Length);
    }

    [Fact]
    public async Task Continuation_ThatBlocks_HoldsUpNeitherReconnectingNorLeaving()
    {
        using var release = new ManualResetEventSlim();
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns");
        dns.Handle("echo", (int i) => i);
        var isBlocking = new TaskCompletionSource();
        Task blocked = Task.Run(async () =>
        {
            await caller.CallAsync<int>("dns", "echo", [1]).ConfigureAwait(false);
            isBlocking.SetResult();
            release.Wait(TimeSpan.FromSeconds(30)); // on whatever thread it goes on
        });
        await isBlocking.Task.DefaultTimeout();

        await KillAgentAsync();
        await StartAgentAsync();

        await BackAsync(caller, dns);
        Assert.Equal(1, await caller.CallAsync<int>("dns", "echo", [1]).DefaultTimeout());
        await caller.DisposeAsync().DefaultTimeout();
        release.Set();
        await blocked.DefaultTimeout();
    }

    [Fact]
    public async Task StateHandler_ThatThrows_DoesNotKeepTheNodeOut()
    {
        LocalNode node = await JoinAsync("node");
        node.OnStateChanged += _ => throw new InvalidOperationException("a defect of the program's");

        await KillAgentAsync();
        await StartAgentAsync();

        await BackAsync(node);
    }

    [Fact]
    public async Task Node_ThatWasCongested_ComesBackAfterSeveralAttempts()
    {
        LocalNode publisher = await JoinAsync("publisher");
        LocalNode deaf = await JoinAsync("deaf");
        Task[] calls = [.. Enumerable.Range(0, 7).Select(_ => publisher.CallBytesAsync("deaf", "nothing", new byte[500_000]).AsTask())]; // more than a socket takes at once

        await KillAgentAsync();
        Assert.All(await Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call))).DefaultTimeout(), e => Assert.IsType<LocalCastException>(e));
        await UntilAsync(() => publisher.State == NodeState.Reconnecting);
        await Task.Delay(100); // some attempts at an agent that is not there
        await StartAgentAsync();

        await BackAsync(publisher, deaf);
    }

    [Fact]
    public async Task Join_NoAgent_FailsAtOnceOrWaitsAsTold()
    {
        await Agent.DisposeAsync().DefaultTimeout();
        await FailsAsync(LocalCastError.Disconnected, () => JoinAsync("node"));
        Task<LocalNode> waiting = JoinAsync("patient", o => o.WaitForAgent = TimeSpan.FromSeconds(20));
        await Task.WhenAny(waiting, Task.Delay(50));
        Assert.False(waiting.IsCompleted);

        await StartAgentAsync();

        Assert.Equal(NodeState.Ready, (await waiting.DefaultTimeout()).State);
    }

    [Fact]
    public async Task Join_NameIsTaken_IsDuplicateNameAndTheHolderStays()
    {
        LocalNode holder = await JoinAsync("dns");

        await FailsAsync(LocalCastError.DuplicateName, () => JoinAsync("dns"));

        Assert.Equal(NodeState.Ready, holder.State);
        await holder.DisposeAsync().DefaultTimeout();
        await JoinAsync("dns");
    }

    [Theory]
    [InlineData("")]
    [InlineData("localcast")]
    [InlineData("a@b")]
    public async Task Join_BadName_IsBadRequest(string name) => await FailsAsync(LocalCastError.BadRequest, () => JoinAsync(name));

    [Fact]
    public async Task Dispose_WhileHandling_DrainsAndRefusesWhatIsNew()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns", o => o.DrainTimeout = TimeSpan.FromSeconds(20));
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        dns.Handle("slow", async () =>
        {
            started.SetResult();
            await release.Task;
            return 1;
        });
        Task<int> under = caller.CallAsync<int>("dns", "slow").AsTask();
        await started.Task.DefaultTimeout();

        Task leaving = dns.DisposeAsync().AsTask();
        await UntilAsync(() => dns.State == NodeState.Draining);
        await FailsAsync(LocalCastError.NodeNotReady, () => caller.CallAsync<int>("dns", "slow").AsTask());
        Assert.False(leaving.IsCompleted);
        release.SetResult();

        Assert.Equal(1, await under.DefaultTimeout());
        await leaving.DefaultTimeout();
        Assert.Equal(NodeState.Left, dns.State);
        await dns.DisposeAsync().DefaultTimeout();
        await FailsAsync(LocalCastError.Disconnected, () => dns.CallAsync<int>("caller", "m").AsTask());
        await UntilAsync(() => Agent.Participants.All(p => p.Name != "dns")); // the agent may learn of it a moment later
        await FailsAsync(LocalCastError.NodeNotFound, () => caller.CallAsync<int>("dns", "slow").AsTask());
    }

    [Fact]
    public async Task Dispose_HandlerNeverEnds_GivesUpAfterTheDrainTimeout()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode dns = await JoinAsync("dns", o => o.DrainTimeout = TimeSpan.FromMilliseconds(50));
        var started = new TaskCompletionSource();
        dns.Handle("hang", async () =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite);
        });
        Task call = caller.CallAsync("dns", "hang").AsTask();
        await started.Task.DefaultTimeout();

        await dns.DisposeAsync().DefaultTimeout();

        await FailsAsync(LocalCastError.Disconnected, () => call);
    }
}

public sealed class ConnectionTestsInMemory() : ConnectionTests(new TestPlace.Memory());

public sealed class ConnectionTestsOnAPipe() : ConnectionTests(new TestPlace.Pipe());
