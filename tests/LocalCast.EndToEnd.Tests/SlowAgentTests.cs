using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Commands that ask the agent something besides, and an agent, played by the test, that has no answer to it.</summary>
public sealed class SlowAgentTests : CommandTest
{
    private const string Welcome =
        """{"type":"hello_ack","from":"localcast","data":{"protocol":1,"agent":{"id":"a","name":"a","version":"1"},"session":"s1","channel":"00000000000000000000000000000000","limits":{"max_frame_bytes":1048576,"max_queued_bytes":8388608,"max_calls":16384,"max_subscriptions":10000,"max_frames_per_second":0}}}""";

    private IByteListener _listener = null!;

    public override async Task InitializeAsync() => _listener = await PipeListener.ListenAsync(Pipe, NullLoggerFactory.Instance, default).DefaultTimeout();

    public override async Task DisposeAsync()
    {
        await _listener.DisposeAsync().DefaultTimeout();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(LocalCastError.Timeout, 0)]
    [InlineData(LocalCastError.MethodNotFound, 0)]
    [InlineData(LocalCastError.DuplicateNode, null)]
    public async Task PingMesh_AnsweredAndTheStateOfTheMeshIsNot_IsNoFailure(LocalCastError error, int? exitCode)
    {
        CommandProcess command = Start("ping", "--mesh");
        await using BinaryParticipant agent = await LetInAsync();
        Envelope ping = await agent.ExpectAsync(MessageType.Ping);
        await agent.SendAsync($$$"""{"type":"ack","reply_to":"{{{ping.Id}}}","data":{"asked":1}}""");
        await agent.SendAsync($$$"""{"type":"pong","from":"worker","reply_to":"{{{ping.Id}}}","data":{"name":"worker"}}""");

        await FailAsync(agent, "peers", error);

        CommandResult result = await command.WaitForExitAsync();
        Assert.Contains("worker", result.Output);
        Assert.Equal(exitCode ?? ErrorCatalog.ExitCodeOf(error), result.ExitCode);
        Assert.Equal(exitCode is 0, result.Errors.Length == 0);
    }

    [Fact]
    public async Task Ping_NobodyHasTheName_AsksTheMeshForAMoment()
    {
        CommandProcess command = Start("ping", "worker");
        await using BinaryParticipant agent = await LetInAsync();
        Envelope ping = await agent.ExpectAsync(MessageType.Ping);
        await agent.SendAsync($$$"""{"type":"ack","reply_to":"{{{ping.Id}}}","error":{"code":14,"name":"NodeNotFound","message":"no node is named 'worker'"}}""");

        await FailAsync(agent, "route", LocalCastError.Timeout);

        (await command.WaitForExitAsync()).AssertFailed(14, "no node is named 'worker'");
    }

    private async Task<BinaryParticipant> LetInAsync()
    {
        var agent = new BinaryParticipant((await _listener.AcceptAsync(default).DefaultTimeout())!);
        await agent.ExpectAsync(MessageType.Hello);
        await agent.SendAsync(Welcome);
        return agent;
    }

    /// <summary>The question besides: its time is short, whatever its answer.</summary>
    private static async Task FailAsync(BinaryParticipant agent, string question, LocalCastError error)
    {
        Envelope asked = await agent.ExpectAsync(MessageType.Call);
        Assert.Equal((question, 2000u), (asked.Method, asked.DeadlineMs));
        await agent.SendAsync($$$"""{"type":"result","reply_to":"{{{asked.Id}}}","error":{"code":{{{(int)error}}},"name":"{{{ErrorCatalog.NameOf(error)}}}","message":"so it is"}}""");
    }
}
