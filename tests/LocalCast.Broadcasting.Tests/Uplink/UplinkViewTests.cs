using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>What other agents are told of this machine, and what this machine sees of the uplink.</summary>
public sealed class UplinkViewTests : UplinkTest
{
    [Fact]
    public async Task Uplink_IsSeenByNobody()
    {
        RawParticipant asker = await JoinAsync("asker", "\"role\":\"client\",\"topics\":[\"localcast.nodes\"]");

        await asker.SendAsync("""{"type":"call","id":"1","to":"localcast","data":{"method":"ps"}}""");
        Assert.Equal("asker", (await asker.ExpectAsync(MessageType.Result)).Field().EnumerateArray().Single().GetProperty("name").GetString());
        await asker.SendAsync("""{"type":"ping","id":"2"}""");
        Assert.Equal(0, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        Assert.Equal("asker", Hub.Participants.Single().Name);
        Assert.Equal((1, 1), (Hub.Census.Names, Hub.Census.Channels));
        await EndUplinkAsync();
        await UntilAsync(() => Hub.Census.Sessions == 1);

        await asker.ExpectNothingAsync(); // no news of its leaving
    }

    [Fact]
    public async Task DescribeForOthers_HasNodesAndSubscribersOnly()
    {
        await JoinAsync("node", "\"methods\":[\"m\"],\"version\":\"1\",\"pid\":7");
        await JoinAsync("starting", "\"ready\":false");
        await JoinAsync("quiet-client", "\"role\":\"client\"");
        await JoinAsync("listening-client", "\"role\":\"client\",\"topics\":[\"a\"]");
        RawParticipant former = await JoinAsync("former-listener", "\"role\":\"client\",\"topics\":[\"a\"]");
        await former.SendAsync("""{"type":"unsubscribe","id":"1","topic":"a"}""");
        await former.ExpectAsync(MessageType.Ack);

        IReadOnlyList<NodeDescription> described = Hub.DescribeForOthers();

        Assert.Equal(["listening-client client Ready a", "node node Ready ", "starting node Starting "], described.Select(d => $"{d.Name} {d.Role} {d.State} {string.Join(',', d.Topics!)}"));
        NodeDescription node = described.Single(d => d.Name == "node");
        Assert.Equal((null, null, null), (node.Pid, node.UptimeMs, node.Channel));
        Assert.Equal(["m"], node.Methods!);
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 1)]
    public async Task DescribeForOthers_TooManyPatterns_BecomeAll(int patterns, int told)
    {
        await JoinAsync("node", $"\"topics\":[{string.Join(',', Enumerable.Range(0, patterns).Select(i => $"\"t{i}\""))}]");

        IReadOnlyList<string> topics = Hub.DescribeForOthers().Single().Topics!;

        Assert.Equal(told, topics.Count);
        Assert.Equal(told == 1, topics.Contains(">"));
    }

    [Fact]
    public async Task NodesChanged_IsToldOfAllThatOthersSee()
    {
        int before = Others.Changes;
        RawParticipant node = await JoinAsync("node", "\"ready\":false");
        await ChangedAsync();
        await node.SendAsync("""{"type":"ready"}""");
        await ChangedAsync();
        await node.SendAsync("""{"type":"ready","data":{"methods":["new"]}}""");
        await ChangedAsync();
        await node.SendAsync("""{"type":"subscribe","topic":"a"}""");
        await ChangedAsync();
        await node.SendAsync("""{"type":"unsubscribe","topic":"a"}""");
        await ChangedAsync();
        Assert.True(Hub.AskToStop("node", 0, TimeSpan.FromSeconds(5), "test"));
        await ChangedAsync();
        Assert.Equal("Draining", Hub.DescribeForOthers().Single().State);
        await LeaveAsync(node);
        await ChangedAsync();
        RawParticipant client = await JoinAsync("client", "\"role\":\"client\"");
        await client.SendAsync("""{"type":"subscribe","topic":"a"}""");
        await ChangedAsync();
        await LeaveAsync(client);
        await UntilAsync(() => Hub.DescribeForOthers().Count == 0);
        await ChangedAsync();

        async Task ChangedAsync()
        {
            await UntilAsync(() => Others.Changes > before);
            await Mesh.ExpectNothingAsync();
            before = Others.Changes;
        }
    }
}
