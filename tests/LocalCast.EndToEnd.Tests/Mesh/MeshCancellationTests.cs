using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Callers that give up, processes that die, and deadlines, with an agent in between.</summary>
public sealed class MeshCancellationTests : MeshTest
{
    [Fact]
    public async Task CallerGivesUp_DiesOrIsLate_TheHandlerLearnsIt()
    {
        await LineOfThreeAsync();
        var held = new HeldCalls();
        await JoinAsync("c", "worker", held.AddTo);
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "worker", "b", "c");

        // The time that is left travels, less what was used on the way.
        double left = await client.CallAsync<double>("worker", "time-left", timeout: TimeSpan.FromSeconds(7)).AsTask().DefaultTimeout();
        Assert.InRange(left, 1, 7000);

        using var givingUp = new CancellationTokenSource();
        Task<int> call = client.CallAsync<int>("worker", "hold", timeout: TimeSpan.FromSeconds(25), cancellationToken: givingUp.Token).AsTask();
        HeldCall first = await held.NextAsync();
        Assert.False(first.Cancelled.IsCompleted);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.DefaultTimeout());
        await first.Cancelled.DefaultTimeout();

        Task<LocalCastError> late = FailsAsync(client, "worker", "hold", TimeSpan.FromSeconds(1));
        HeldCall second = await held.NextAsync();
        Assert.Equal(LocalCastError.Timeout, await late);
        await second.Cancelled.DefaultTimeout();

        CommandProcess caller = StartRaw(new Dictionary<string, string> { ["LOCALCAST_PIPE"] = PipeOf("a") }, "call", "worker", "hold", "--timeout", "25");
        HeldCall third = await held.NextAsync();
        await caller.CrashAsync();
        await third.Cancelled.DefaultTimeout();

        Task<LocalCastError> cut = FailsAsync(client, "worker", "hold", TimeSpan.FromSeconds(25));
        HeldCall fourth = await held.NextAsync();
        await CrashAsync("a");
        Assert.Equal(LocalCastError.Disconnected, await cut);
        await fourth.Cancelled.DefaultTimeout();
    }

    [Fact]
    public async Task CalleesProcessDies_TheCallerLearnsItAtOnce()
    {
        await LineOfThreeAsync();
        CommandProcess echo = StartRaw(new Dictionary<string, string> { ["LOCALCAST_PIPE"] = PipeOf("c") }, "serve-echo");
        await echo.WaitForOutputAsync("serves");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "echo", "b", "c");
        Task<LocalCastError> call = Task.Run(async () => (await Assert.ThrowsAsync<LocalCastException>(() => client.CallAsync<int>("echo", "slow", [60_000], TimeSpan.FromSeconds(25)).AsTask())).Code);
        await WaitUntilAsync(async () => await client.CallAsync<int>("echo", "echo", [1]).AsTask().DefaultTimeout() == 1, "the echo does not answer"); // behind the slow call, on the same way

        AgentProcesses.SendKill(echo.Pid);

        Assert.Equal(LocalCastError.Disconnected, await call.DefaultTimeout());
        await WaitUntilAsync(async () => await WayAsync("a", "echo") is null, "a still thinks that the node is there");
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "echo", "echo"));
    }

    private async Task LineOfThreeAsync()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
    }
}
