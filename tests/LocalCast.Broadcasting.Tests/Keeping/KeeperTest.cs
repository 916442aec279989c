using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

/// <summary>A test of a broadcaster with a keeper.</summary>
public abstract class KeeperTest : HubTest
{
    private protected FakeKeeper Kept { get; } = new();

    private protected override INodeKeeper? Keeper => Kept;

    private protected Broadcaster Hub => Agent.Broadcaster;

    /// <summary>Joins as the instance with a tag.</summary>
    private protected Task<RawParticipant> JoinInstanceAsync(string name, int tag, string more = "", bool isJson = true) =>
        JoinAsync(name, isJson, $"\"instance\":\"i{tag}\"{(more.Length > 0 ? "," + more : "")}");

    /// <summary>Joins as a successor that stands by.</summary>
    private protected Task<RawParticipant> StandByAsync(string name, int tag, string more = "", bool isJson = true) =>
        JoinAsync(name, isJson, $"\"instance\":\"standby{tag}\"{(more.Length > 0 ? "," + more : "")}");

    private protected static string Call(string to, object id, string args = "null", int? deadlineMs = null) =>
        $$$"""{"type":"call","id":"{{{id}}}","to":"{{{to}}}","data":{"method":"m","args":{{{args}}}}{{{(deadlineMs is null ? "" : $",\"deadline_ms\":{deadlineMs}")}}}}""";

    /// <summary>Waits until that many calls wait for a node.</summary>
    private protected Task UntilParkedAsync(int count) => UntilAsync(() => Hub.Census.Parked == count, () => $"{Hub.Census}");

    private protected Task UntilToldAsync(params string[] news) =>
        UntilAsync(() => Kept.News.SequenceEqual(news), () => $"it was told: {string.Join(", ", Kept.News)}");

    private protected static async Task ReadyAsync(RawParticipant node)
    {
        await node.SendAsync("""{"type":"ready","id":"ready"}""");
        Assert.Equal("ready", (await node.ExpectAsync(MessageType.Ack)).ReplyTo);
    }

    private protected static async Task AnswerAsync(RawParticipant callee, string args)
    {
        Envelope call = await callee.ExpectAsync(MessageType.Call);
        Assert.Equal(args, call.PayloadText());
        await ReplyAsync(callee, call, args);
    }

    private protected async Task<string[]> PsAsync(RawParticipant asker)
    {
        await asker.SendAsync("""{"type":"call","id":"ps","to":"localcast","data":{"method":"ps"}}""");
        return [.. (await asker.ExpectAsync(MessageType.Result)).Field().EnumerateArray().Select(d => $"{d.GetProperty("name")} {d.GetProperty("state")}")];
    }
}
