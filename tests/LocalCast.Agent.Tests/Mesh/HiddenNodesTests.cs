using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>An agent that does not tell of its nodes: what others do not find, and what its own participants have all the same.</summary>
public sealed class HiddenNodesTests : MeshPairTest
{
    public HiddenNodesTests() => Pair = new MeshPair(isFarHidden: true);

    [Fact]
    public async Task Others_DoNotFindThem()
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns", more: "\"topics\":[\"news\"]");
        await Pair.MeetAsync();

        await CallAsync(asker, "dns", "1");
        await asker.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await asker.SendAsync("""{"type":"ping","id":"2","data":{"scope":"mesh"}}""");
        Assert.Equal(0, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        await asker.SendAsync("""{"type":"ping","id":"3","to":"dns@far"}""");
        await asker.ExpectAsync(MessageType.Ack);
        await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);
        await asker.SendAsync("""{"type":"call","id":"4","to":"localcast@far","data":{"method":"ps"}}""");
        await asker.ExpectErrorAsync(MessageType.Result, LocalCastError.Forbidden);
        Assert.Equal(LocalCastError.NodeNotFound, Pair.Here.RouteTo("dns@far").Error!.Code);
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task WhoKnowsTheAgent_CallsThemAllTheSame()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();

        await CallAsync(caller, "dns@far", "1");

        Envelope call = await dns.ExpectAsync(MessageType.Call);
        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":6}}""");
        Assert.Equal("dns@far", (await caller.ExpectAsync(MessageType.Result)).From);
    }

    [Theory]
    [InlineData("all", false)]
    [InlineData("one", false)]
    [InlineData("every", true)]
    public async Task Publications_FromElsewhere_ReachThemOnlyWhenTheyAreForEverybody(string mode, bool arrives)
    {
        RawParticipant publisher = await JoinAsync(Pair.Here, "publisher", more: "\"role\":\"client\"");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns", more: "\"topics\":[\"news\"]");
        await Pair.MeetAsync();

        await publisher.SendAsync($$$"""{"type":"publish","id":"1","topic":"news","data":{"mode":"{{{mode}}}","payload":1}}""");

        Envelope ack = await publisher.ExpectAsync(MessageType.Ack);
        Assert.Equal(mode == "one" ? LocalCastError.NoSubscriber : null, ack.Error?.Code);
        if (arrives)
        {
            Assert.Equal("publisher@here", (await dns.ExpectAsync(MessageType.Publish)).From);
        }

        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task ItsOwnParticipants_RequireAcrossBoth()
    {
        RawParticipant asker = await JoinAsync(Pair.Far, "asker");
        await JoinAsync(Pair.Here, "elsewhere");
        await Pair.MeetAsync();
        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["elsewhere","local"],"scope":"mesh"}}""");
        await asker.ExpectNothingAsync();

        await JoinAsync(Pair.Far, "local");
        await Pair.AdvanceAsync(TimeSpan.FromMilliseconds(50));

        Envelope required = await asker.ExpectAsync(MessageType.Required);
        Assert.Equal(["elsewhere", "local"], required.Field("nodes").EnumerateArray().Select(node => node.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task ItsOwnParticipants_FreshlyRequireAcrossBoth()
    {
        RawParticipant asker = await JoinAsync(Pair.Far, "asker");
        RawParticipant elsewhere = await JoinAsync(Pair.Here, "elsewhere");
        await JoinAsync(Pair.Far, "local");
        await Pair.MeetAsync();

        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["elsewhere","local"],"scope":"mesh","freshness_ms":1000}}""");

        Envelope ping = await elsewhere.ExpectAsync(MessageType.Ping);
        await elsewhere.SendAsync($$$"""{"type":"pong","to":"{{{ping.From}}}","reply_to":"{{{ping.Id}}}"}""");
        Assert.Null((await asker.ExpectAsync(MessageType.Required)).Error);
    }

    [Fact]
    public async Task ItsOwnParticipants_SeeTheirRoutesAndAskEverybody()
    {
        RawParticipant asker = await JoinAsync(Pair.Far, "asker");
        RawParticipant local = await JoinAsync(Pair.Far, "local");
        RawParticipant elsewhere = await JoinAsync(Pair.Here, "elsewhere");
        await Pair.MeetAsync();

        RouteReport route = Pair.Far.RouteTo("local");
        Assert.Equal((true, "local@far"), (route.IsHere, $"{route.Target}"));
        Assert.True(Pair.Far.RouteTo("local@far").IsHere);
        Assert.Equal("elsewhere@here", $"{Pair.Far.RouteTo("elsewhere").Target}");
        await asker.SendAsync("""{"type":"ping","id":"r","data":{"scope":"mesh"}}""");
        Assert.Equal(2, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        await local.ExpectAsync(MessageType.Ping);
        await elsewhere.ExpectAsync(MessageType.Ping);
    }
}
