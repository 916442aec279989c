using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>A node that is asked to end, seen from the agent's side frame by frame.</summary>
public sealed class StopTests : ScriptedAgentTest
{
    private const string Shutdown = """{"type":"shutdown","id":"s1","from":"localcast","deadline_ms":5000,"data":{"reason":"an update"}}""";

    [Fact]
    public async Task Shutdown_NobodyListens_IsAnsweredByMethodNotFound()
    {
        await JoinAsync("dns");

        await Agent.SendAsync(Shutdown);

        Envelope ack = await Agent.ExpectErrorAsync(MessageType.Ack, LocalCastError.MethodNotFound);
        Assert.Equal("s1", ack.ReplyTo);
    }

    [Fact]
    public async Task Shutdown_SomebodyListens_IsAcceptedWithReasonAndDeadline()
    {
        LocalNode node = await JoinAsync("dns");
        CancellationToken stopping = node.Stopping;
        Task<StopRequest> asked = node.WhenAskedToStopAsync();
        Assert.False(stopping.IsCancellationRequested);

        await Agent.SendAsync(Shutdown);

        Envelope ack = await Agent.ExpectAsync(MessageType.Ack);
        Assert.Equal(("s1", null), (ack.ReplyTo, ack.Error));
        StopRequest request = await asked.DefaultTimeout();
        Assert.Equal(("an update", TimeSpan.FromSeconds(5)), (request.Reason, request.TimeLeft));
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromSeconds(5), request.Deadline);
        await CancelledAsync(stopping);
        Assert.Equal(NodeState.Ready, node.State); // it serves until it is disposed of
    }

    [Fact]
    public async Task Shutdown_Extended_TellsTheAgentAndMovesTheDeadline()
    {
        LocalNode node = await JoinAsync("dns");
        Task<StopRequest> asked = node.WhenAskedToStopAsync();
        await Agent.SendAsync(Shutdown);
        await Agent.ExpectAsync(MessageType.Ack);
        StopRequest request = await asked.DefaultTimeout();
        Time.Advance(TimeSpan.FromSeconds(4));

        await request.ExtendAsync(TimeSpan.FromSeconds(3)).DefaultTimeout();

        Envelope extend = await Agent.ExpectAsync(MessageType.Extend);
        Assert.Equal("s1", extend.ReplyTo);
        Assert.Equal(3000, extend.Field("ms").GetInt32());
        Assert.Equal(TimeSpan.FromSeconds(4), request.TimeLeft);
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.Zero, request.TimeLeft);
    }

    [Fact]
    public async Task Extend_AgentHasGone_IsDisconnected()
    {
        LocalNode node = await JoinAsync("dns");
        Task<StopRequest> asked = node.WhenAskedToStopAsync();
        await Agent.SendAsync(Shutdown);
        StopRequest request = await asked.DefaultTimeout();

        await Agent.DisposeAsync();

        await UntilAsync(() => node.State != NodeState.Ready);
        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => request.ExtendAsync(TimeSpan.FromSeconds(1)).AsTask());
        Assert.Equal(LocalCastError.Disconnected, e.Code);
    }

    [Fact]
    public async Task Shutdown_Twice_IsAcknowledgedTwiceAndCountsOnce()
    {
        LocalNode node = await JoinAsync("dns");
        Task<StopRequest> asked = node.WhenAskedToStopAsync();

        await Agent.SendAsync(Shutdown);
        await Agent.ExpectAsync(MessageType.Ack);
        await Agent.SendAsync("""{"type":"shutdown","id":"s2","from":"localcast","deadline_ms":1000,"data":{"reason":"again"}}""");

        Assert.Equal("s2", (await Agent.ExpectAsync(MessageType.Ack)).ReplyTo);
        Assert.Equal("an update", (await asked.DefaultTimeout()).Reason);
        Assert.Same(await asked, await node.WhenAskedToStopAsync().DefaultTimeout());
    }

    [Theory]
    [InlineData("""{"type":"shutdown","id":"s1","from":"localcast"}""")]
    [InlineData("""{"type":"shutdown","id":"s1","from":"localcast","data":{"reason":7}}""")]
    [InlineData("""{"type":"shutdown","id":"s1","from":"localcast","data":["an update"]}""")]
    public async Task Shutdown_WithoutReason_Counts(string shutdown)
    {
        LocalNode node = await JoinAsync("dns");
        Task<StopRequest> asked = node.WhenAskedToStopAsync();

        await Agent.SendAsync(shutdown);

        Assert.NotEmpty((await asked.DefaultTimeout()).Reason);
    }

    [Fact]
    public async Task Shutdown_FromAParticipant_IsIgnored()
    {
        LocalNode node = await JoinAsync("dns");
        CancellationToken stopping = node.Stopping;

        await Agent.SendAsync("""{"type":"shutdown","id":"s1","from":"mallory","deadline_ms":5000}""");
        await Agent.SendAsync(Shutdown.Replace("s1", "s2"));

        Assert.Equal("s2", (await Agent.ExpectAsync(MessageType.Ack)).ReplyTo); // the other one was not even answered
        await CancelledAsync(stopping);
    }

    [Fact]
    public async Task Dispose_AfterShutdown_SaysGoodbye()
    {
        LocalNode node = await JoinAsync("dns");
        Task<StopRequest> asked = node.WhenAskedToStopAsync();
        await Agent.SendAsync(Shutdown);
        await Agent.ExpectAsync(MessageType.Ack);
        await asked.DefaultTimeout();

        await node.DisposeAsync().DefaultTimeout();

        await Agent.ExpectAsync(MessageType.Goodbye);
        await Agent.ExpectEndAsync();
    }

    [Fact]
    public async Task Dispose_Unasked_EndsTheWaitingByName()
    {
        LocalNode node = await JoinAsync("dns");
        CancellationToken stopping = node.Stopping;
        Task<StopRequest> asked = node.WhenAskedToStopAsync();

        await node.DisposeAsync().DefaultTimeout();

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => asked.DefaultTimeout());
        Assert.Equal(LocalCastError.Disconnected, e.Code);
        await CancelledAsync(stopping);
    }

    private static async Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
        await cancelled.Task.DefaultTimeout();
    }
}
