using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Discovery beyond this machine, both ways.</summary>
public sealed class PingMeshTests : UplinkTest
{
    [Fact]
    public async Task Ping_OfTheMesh_CountsTheOthersAndTheirPongsCome()
    {
        HaveElsewhere("a", "b");
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant local = await JoinAsync("local");

        await PingAsync(asker);

        Assert.Equal(3, await AskedAsync(asker));
        Assert.Equal(("asker", "r"), await PingedAsync(Mesh));
        Assert.Equal(("asker", "r"), await PingedAsync(local));
        await PongFromElsewhereAsync("a@far");
        await local.SendAsync("""{"type":"pong","to":"asker","reply_to":"r"}""");
        await PongFromElsewhereAsync("b@far");
        await PongFromElsewhereAsync("c@far"); // one more than there are
        string?[] found = [await FoundAsync(asker), await FoundAsync(asker), await FoundAsync(asker)];
        Assert.Equal(["a@far", "b@far", "local"], found.Order());
        await Mesh.ExpectNothingAsync();
        await asker.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"data\":{\"scope\":\"machine\"}")]
    public async Task Ping_OfThisMachine_StaysHere(string data)
    {
        HaveElsewhere("a");
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync($$$"""{"type":"ping","id":"r"{{{data}}}}""");

        Assert.Equal(0, await AskedAsync(asker));
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Pong_TooLate_DoesNotCount()
    {
        HaveElsewhere("a");
        RawParticipant asker = await JoinAsync("asker");
        await PingAsync(asker);
        await AskedAsync(asker);
        await Mesh.ExpectAsync(MessageType.Ping);
        Time.Advance(TimeSpan.FromSeconds(6));

        await PongFromElsewhereAsync("a@far");

        await Mesh.ExpectNothingAsync();
        await asker.ExpectNothingAsync();
    }

    [Fact]
    public async Task Asker_Leaves_PongsFindNobody()
    {
        HaveElsewhere("a");
        RawParticipant asker = await JoinAsync("asker");
        await PingAsync(asker);
        await Mesh.ExpectAsync(MessageType.Ping);

        await LeaveAsync(asker);
        await UntilAsync(() => Hub.Census.Pings == 0);
        await PongFromElsewhereAsync("a@far");

        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Uplink_Ends_TheAskerExpectsFewer()
    {
        HaveElsewhere("a", "b");
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant local = await JoinAsync("local");
        await PingAsync(asker);
        Assert.Equal(3, await AskedAsync(asker));
        await local.ExpectAsync(MessageType.Ping);

        await EndUplinkAsync();

        Assert.Equal(1, await AskedAsync(asker));
        await local.SendAsync("""{"type":"pong","to":"asker","reply_to":"r"}""");
        Assert.Equal("local", await FoundAsync(asker));
    }

    [Fact]
    public async Task PingFromElsewhere_IsAnsweredByNodesHereOnly()
    {
        HaveElsewhere("a");
        RawParticipant node = await JoinAsync("node");

        await PingFromElsewhereAsync("p1");

        Assert.Equal(1, await AskedAsync(Mesh));
        Assert.Equal(("cli@far", "p1"), await PingedAsync(node));
        await node.SendAsync($$$"""{"type":"pong","to":"cli@far","reply_to":"p1"}""");
        Envelope pong = await Mesh.ExpectAsync(MessageType.Pong);
        Assert.Equal(("node", "p1"), (pong.From, pong.ReplyTo));
        await node.SendAsync($$$"""{"type":"pong","to":"cli@far","reply_to":"p1"}"""); // once more
        await node.ExpectNothingAsync();
        await Mesh.ExpectNothingAsync();
    }

    /// <summary>A node that answers no ping must not keep others elsewhere from asking: they are many, and one session here.</summary>
    [Fact]
    public async Task PingsFromElsewhere_ManyAtATime_AllReachTheNodes()
    {
        RawParticipant node = await JoinAsync("node");

        for (int i = 1; i <= 50; i++)
        {
            await PingFromElsewhereAsync($"p{i}");
            Assert.Equal(1, await AskedAsync(Mesh));
            await node.ExpectAsync(MessageType.Ping);
        }
    }

    private static Task PingAsync(RawParticipant asker) => asker.SendAsync("""{"type":"ping","id":"r","data":{"name":"asker","scope":"mesh"}}""");

    private Task PingFromElsewhereAsync(string id) => Mesh.SendAsync($$$"""{"type":"ping","id":"{{{id}}}","from":"cli@far","data":{"name":"cli","scope":"mesh"}}""");

    private Task PongFromElsewhereAsync(string from) => Mesh.SendAsync($$$"""{"type":"pong","from":"{{{from}}}","to":"asker","reply_to":"r"}""");

    private static async Task<(string?, string?)> PingedAsync(RawParticipant node)
    {
        Envelope ping = await node.ExpectAsync(MessageType.Ping);
        return (ping.From, ping.Id);
    }

    private static async Task<int> AskedAsync(RawParticipant asker) => (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32();

    private static async Task<string?> FoundAsync(RawParticipant asker) => (await asker.ExpectAsync(MessageType.Pong)).From;
}
