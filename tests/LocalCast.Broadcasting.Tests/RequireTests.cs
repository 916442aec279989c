using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class RequireTests : HubTest
{
    [Fact]
    public async Task Require_AllReady_IsAnsweredAtOnceInTheOrderAsked()
    {
        RawParticipant asker = await JoinAsync("asker");
        await JoinAsync("dht", "\"version\":\"1\"");
        await JoinAsync("dns", "\"version\":\"2\"");

        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["dns","dht"]}}""");

        Assert.Equal(["dns 2", "dht 1"], await RequiredAsync(asker, "r"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Require_OneBecomesReadyLater_IsAnsweredThen(bool isJson)
    {
        RawParticipant asker = await JoinAsync("asker", isJson);
        await asker.SendAsync("""{"type":"require","id":"1","data":{"names":["dns","dht","dns"]}}""");
        await JoinAsync("dht", "\"version\":\"1\"");
        RawParticipant dns = await JoinAsync("dns", "\"version\":\"2\",\"ready\":false");
        await asker.ExpectNothingAsync();

        await dns.SendAsync("""{"type":"ready","id":"7","data":{"methods":["late"]}}""");

        Assert.Equal("7", (await dns.ExpectAsync(MessageType.Ack)).ReplyTo);
        Assert.Equal(["dns 2", "dht 1", "dns 2"], await RequiredAsync(asker, "1"));
        Assert.Equal(["late"], Agent.Broadcaster.Participants.Single(p => p.Name == "dns").Methods!);
    }

    [Fact]
    public async Task Require_DeadlinePasses_NamesTheMissingAndWhy()
    {
        RawParticipant asker = await JoinAsync("asker");
        await JoinAsync("ready");
        await JoinAsync("starting", "\"ready\":false");
        await asker.SendAsync("""{"type":"require","id":"1","data":{"names":["starting","ready","absent"]},"deadline_ms":2000}""");
        await asker.ExpectNothingAsync();

        Time.Advance(TimeSpan.FromSeconds(1.9));
        await asker.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromSeconds(0.4));

        Envelope required = await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady);
        Assert.Equal("1", required.ReplyTo);
        Assert.Contains("starting (joined, not ready), absent (not there)", required.Error!.Message);
        Assert.DoesNotContain("ready (", required.Error.Message.Replace("not ready", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Require_NodeLeavesAgainMeanwhile_IsNotComplete()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant dns = await JoinAsync("dns");
        await asker.SendAsync("""{"type":"require","id":"1","data":{"names":["dns","dht"]}}""");
        await LeaveAsync(dns);
        await UntilAsync(() => Agent.Broadcaster.Census.Names == 1);
        await JoinAsync("dht", "\"version\":\"1\"");
        await asker.ExpectNothingAsync();

        await JoinAsync("dns", "\"version\":\"2\"");

        Assert.Equal(["dns 2", "dht 1"], await RequiredAsync(asker, "1"));
    }

    [Fact]
    public async Task Requester_Leaves_IsForgotten()
    {
        RawParticipant asker = await JoinAsync("asker");
        await asker.SendAsync("""{"type":"require","id":"1","data":{"names":["never"]}}""");
        await UntilAsync(() => Agent.Broadcaster.Census.Requires == 1);

        await LeaveAsync(asker);

        await UntilAsync(() => Agent.Broadcaster.Census.Requires == 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","data":{"names":[]}""")]
    [InlineData(""","data":{"names":"dns"}""")]
    [InlineData(""","data":{"names":[null]}""")]
    [InlineData(""","data":{"names":["a@b"]}""")]
    [InlineData(""","data":[]""")]
    public async Task Require_Nonsense_IsRefusedAndTheSessionStays(string data)
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync($$"""{"type":"require","id":"1"{{data}}}""");

        await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.BadRequest);
        await asker.ExpectNothingAsync();
    }

    [Fact]
    public async Task Require_TooManyNames_IsRefused()
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync($$$"""{"type":"require","id":"1","data":{"names":[{{{string.Join(',', Enumerable.Range(0, 257).Select(i => $"\"n{i}\""))}}}]}}""");

        await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.BadRequest);
    }

    private static async Task<IEnumerable<string>> RequiredAsync(RawParticipant asker, string id)
    {
        Envelope required = await asker.ExpectAsync(MessageType.Required);
        Assert.Null(required.Error);
        Assert.Equal(id, required.ReplyTo);
        return required.Field("nodes").EnumerateArray().Select(node => $"{node.GetProperty("name")} {node.GetProperty("version")}");
    }
}
