using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>A test of a broadcaster with a way to other agents, whose other end is in the test's hands.</summary>
public abstract class UplinkTest : HubTest, IAsyncLifetime
{
    private protected FakeUplink Others { get; } = new();

    /// <summary>The uplink's end of the connection: what is for elsewhere comes out of it, and what it sends comes from elsewhere.</summary>
    private protected RawParticipant Mesh { get; private set; } = null!;

    private protected Broadcaster Hub => Agent.Broadcaster;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Mesh = Keep(new BinaryParticipant(Hub.ConnectUplink(Others)));
    }

    /// <summary>Another agent has a node.</summary>
    private protected void HaveElsewhere(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Others.Nodes[name] = true;
        }
    }

    private protected static Task CallAsync(RawParticipant caller, string to, string id = "1", int? deadlineMs = null, string args = "5") => caller.SendAsync(
        $$$"""{"type":"call","id":"{{{id}}}","to":"{{{to}}}","data":{"method":"m","args":{{{args}}}}{{{(deadlineMs is null ? "" : $",\"deadline_ms\":{deadlineMs}")}}}}""");

    /// <summary>A participant of another agent calls.</summary>
    private protected Task CallFromElsewhereAsync(string from, string to, string id = "1", string method = "m", int? deadlineMs = null) => Mesh.SendAsync(
        $$$"""{"type":"call","id":"{{{id}}}","from":"{{{from}}}","to":"{{{to}}}","data":{"method":"{{{method}}}","args":5}{{{(deadlineMs is null ? "" : $",\"deadline_ms\":{deadlineMs}")}}}}""");

    /// <summary>A participant of another agent publishes on <c>news</c>.</summary>
    private protected Task PublishFromElsewhereAsync(string mode, string more = "") =>
        Mesh.SendAsync($$$"""{"type":"publish","from":"cli@far","topic":"news"{{{more}}},"data":{"mode":"{{{mode}}}","payload":1}}""");

    private protected static Task PublishAsync(RawParticipant publisher, string mode, string more = "") =>
        publisher.SendAsync($$$"""{"type":"publish","topic":"news"{{{more}}},"data":{"mode":"{{{mode}}}","payload":1}}""");

    private protected static Task AckAsync(RawParticipant subscriber, Envelope publication, string more = "") =>
        subscriber.SendAsync($$$"""{"type":"ack","reply_to":"{{{publication.Id}}}"{{{more}}}}""");

    /// <summary>The uplink ends, as it does when its agent leaves the mesh.</summary>
    private protected Task EndUplinkAsync() => LeaveAsync(Mesh);
}
