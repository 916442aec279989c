using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>A node that joins before it can serve.</summary>
public sealed class ReadyTests() : NodeTest(new TestPlace.Memory())
{
    [Fact]
    public async Task StartsNotReady_IsInAndRefusesCallsUntilReady()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode slow = await JoinAsync("slow", o => o.StartsNotReady());
        slow.Handle("echo", (int i) => i); // must not make it ready
        Assert.Equal(NodeState.Joining, slow.State);
        Assert.Equal("Starting", Agent.Participants.Single(p => p.Name == "slow").State);
        await FailsAsync(LocalCastError.NodeNotReady, () => caller.CallAsync<int>("slow", "echo", [1]).AsTask());

        await slow.ReadyAsync().DefaultTimeout();

        Assert.Equal(NodeState.Ready, slow.State);
        Assert.Equal(1, await caller.CallAsync<int>("slow", "echo", [1]).DefaultTimeout());
        Assert.Equal(["echo"], Agent.Participants.Single(p => p.Name == "slow").Methods!);
        await slow.ReadyAsync().DefaultTimeout(); // does nothing
    }

    [Fact]
    public async Task StartsNotReady_WithRequires_WaitsForThemWhileJoining()
    {
        LocalNode waiting = await JoinAsync("dns", o => o.StartsNotReady());
        Task<LocalNode> joining = JoinAsync("dht", o => o.Requires("dns").StartsNotReady());
        await UntilAsync(() => Agent.Participants.Any(p => p.Name == "dht"));
        Assert.False(joining.IsCompleted);

        await waiting.ReadyAsync().DefaultTimeout();

        LocalNode dht = await joining.DefaultTimeout();
        Assert.Equal(NodeState.Joining, dht.State);
    }

    [Fact]
    public async Task StartsNotReady_AgentComesBack_IsStillNotReady()
    {
        LocalNode slow = await JoinAsync("slow", o => o.StartsNotReady());
        await KillAgentAsync();
        await UntilAsync(() => slow.State == NodeState.Reconnecting);
        await StartAgentAsync();
        await UntilAsync(() => slow.State == NodeState.Joining);
        Assert.Equal("Starting", Assert.Single(Agent.Participants).State);

        await slow.ReadyAsync().DefaultTimeout();

        Assert.Equal("Ready", Assert.Single(Agent.Participants).State);
    }

    [Fact]
    public async Task Ready_WhileTheAgentIsAway_IsSaidByTheNextHello()
    {
        LocalNode slow = await JoinAsync("slow", o => o.StartsNotReady());
        await KillAgentAsync();
        await UntilAsync(() => slow.State == NodeState.Reconnecting);

        await slow.ReadyAsync().DefaultTimeout();
        await StartAgentAsync();

        await BackAsync(slow);
    }
}
