using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Publications to one subscriber, who may be on another agent.</summary>
public sealed class PublishOneElsewhereTests : UplinkTest
{
    [Fact]
    public async Task One_OnlyOthersSubscribe_GoesOutAndIsAcknowledged()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 2;
        RawParticipant publisher = await JoinAsync("publisher");

        await PublishOneAsync(publisher);

        Envelope publication = await Mesh.ExpectAsync(MessageType.Publish);
        Assert.Equal(("publisher", PublishMode.One), (publication.From, publication.Mode));
        await AckAsync(Mesh, publication);
        Assert.Equal(("p", null), await AckedAsync(publisher));
    }

    /// <summary>The uplink stands for as many subscribers as there are behind it: three of four here. 400 tries stray by less than a quarter of that, unless the universe ends first.</summary>
    [Fact]
    public async Task One_BothSubscribe_IsUniformOverSubscribers()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 3;
        RawParticipant publisher = await JoinAsync("publisher");
        await JoinAsync("worker", "\"topics\":[\"news\"]");
        const int Tries = 400;
        int elsewhere = 0;

        for (int i = 0; i < Tries; i++)
        {
            await PublishOneAsync(publisher);
        }

        await publisher.ExpectNothingAsync();
        await Mesh.SendAsync("""{"type":"ping_request","id":"quiet","data":{"nonce":"1"}}""");
        while (await Mesh.ReceiveAsync() is { Type: MessageType.Publish })
        {
            elsewhere++;
        }

        Assert.InRange(elsewhere, Tries / 2, Tries - (Tries / 16)); // 300 expected, the standard deviation is 8.7
    }

    [Fact]
    public async Task One_OfAGroup_IsWeighedByThatGroup()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 1_000_000;
        Others.Subscribers["news/staff"] = 0;
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", "\"topics\":[\"news\"]");

        await PublishOneAsync(publisher, ",\"group\":\"staff\"");

        await worker.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public async Task One_NobodyElsewhereTakesIt_TheLocalOnesAreTried()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = int.MaxValue - 1; // so the uplink is picked first, all but certainly
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", "\"topics\":[\"news\"]");
        await PublishOneAsync(publisher);

        await RefuseAsync(await Mesh.ExpectAsync(MessageType.Publish));

        await AckAsync(worker, await worker.ExpectAsync(MessageType.Publish));
        Assert.Equal(("p", null), await AckedAsync(publisher));
    }

    [Fact]
    public async Task One_TheLocalOneLeaves_GoesOut()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", "\"topics\":[\"news\"]");
        await PublishOneAsync(publisher);
        await worker.ExpectAsync(MessageType.Publish);

        await LeaveAsync(worker);

        await AckAsync(Mesh, await Mesh.ExpectAsync(MessageType.Publish));
        Assert.Equal(("p", null), await AckedAsync(publisher));
    }

    [Fact]
    public async Task One_NobodyTakesIt_ThePublisherHearsWhatTheOthersSaid()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 1;
        RawParticipant publisher = await JoinAsync("publisher");
        await PublishOneAsync(publisher);

        await RefuseAsync(await Mesh.ExpectAsync(MessageType.Publish));

        Assert.Equal("'w@far' is full", (await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.Busy)).Error!.Message);
    }

    [Fact]
    public async Task One_TheUplinkNeverAnswers_EndsAtTheDeadline()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 1;
        RawParticipant publisher = await JoinAsync("publisher");
        await PublishOneAsync(publisher, ",\"deadline_ms\":10000");
        await Mesh.ExpectAsync(MessageType.Publish);
        Time.Advance(TimeSpan.FromSeconds(9)); // longer than a local subscriber has: the others try one after the other
        await publisher.ExpectNothingAsync();

        Time.Advance(TimeSpan.FromSeconds(2));

        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.SubscriberTimeout);
    }

    [Fact]
    public async Task OneFromElsewhere_ReachesTheChosenNodeOnly()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant chosen = await JoinAsync("chosen", "\"topics\":[\"news\"]");
        RawParticipant other = await JoinAsync("other", "\"topics\":[\"news\"]");

        await PublishFromElsewhereAsync("one", ",\"id\":\"8\",\"to\":\"chosen\"");

        Envelope publication = await chosen.ExpectAsync(MessageType.Publish);
        Assert.Equal("cli@far", publication.From);
        await AckAsync(chosen, publication);
        Assert.Equal(("8", null), await AckedAsync(Mesh));
        await other.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("nobody")]
    [InlineData("p2p")]
    public async Task OneFromElsewhere_ForWhoDoesNotSubscribe_IsNoSubscriber(string to)
    {
        Hub.SetUplinkTopics(["news"]);
        await JoinAsync("silent");
        await JoinAsync("other", "\"topics\":[\"news\"]");

        await PublishFromElsewhereAsync("one", $",\"id\":\"8\",\"to\":\"{to}\"");

        Assert.Equal("8", (await Mesh.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoSubscriber)).ReplyTo);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task OneFromElsewhere_IsRefused_TheOtherAgentGoesOn()
    {
        RawParticipant chosen = await JoinAsync("chosen", "\"topics\":[\"news\"]");
        RawParticipant other = await JoinAsync("other", "\"topics\":[\"news\"]");
        await PublishFromElsewhereAsync("one", ",\"id\":\"8\",\"to\":\"chosen\"");

        await AckAsync(chosen, await chosen.ExpectAsync(MessageType.Publish), ",\"error\":{\"name\":\"Busy\",\"message\":\"no time\"}");

        Assert.NotNull((await Mesh.ExpectAsync(MessageType.Ack)).Error);
        await other.ExpectNothingAsync();
    }

    private static Task PublishOneAsync(RawParticipant publisher, string more = "") => PublishAsync(publisher, "one", ",\"id\":\"p\"" + more);

    private Task RefuseAsync(Envelope publication) => AckAsync(Mesh, publication, ",\"error\":{\"name\":\"Busy\",\"message\":\"'w@far' is full\"}");

    private static async Task<(string?, ErrorInfo?)> AckedAsync(RawParticipant publisher)
    {
        Envelope ack = await publisher.ExpectAsync(MessageType.Ack);
        return (ack.ReplyTo, ack.Error);
    }
}
