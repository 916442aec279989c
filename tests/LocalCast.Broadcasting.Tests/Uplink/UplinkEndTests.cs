using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>The uplink ends, and everything goes on without it.</summary>
public sealed class UplinkEndTests : UplinkTest
{
    [Fact]
    public async Task Callers_WaitingForOthers_HearItAtOnce()
    {
        RawParticipant[] callers = [await JoinAsync("json"), await JoinAsync("binary", isJson: false)];
        foreach (RawParticipant caller in callers)
        {
            await CallAsync(caller, "dns@far", "1");
            await CallAsync(caller, "dns@far", "x");
            await Mesh.ExpectAsync(MessageType.Call);
            await Mesh.ExpectAsync(MessageType.Call);
        }

        await EndUplinkAsync();

        foreach (RawParticipant caller in callers)
        {
            string?[] ended = [(await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo, (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo];
            Assert.Equal(["1", "x"], ended.Order());
            await caller.ExpectNothingAsync();
        }

        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task Nodes_WorkingForOthers_AreToldToStop()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await EndUplinkAsync();

        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
    }

    [Fact]
    public async Task Publication_ToOneElsewhere_GoesToALocalOne()
    {
        Hub.SetUplinkTopics(["news"]);
        Others.Subscribers["news"] = 1;
        RawParticipant publisher = await JoinAsync("publisher");
        await PublishAsync(publisher, "one", ",\"id\":\"p\"");
        await Mesh.ExpectAsync(MessageType.Publish);

        await EndUplinkAsync();

        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.SubscriberTimeout);
        await PublishAsync(publisher, "one", ",\"id\":\"q\"");
        Assert.Equal("q", (await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoSubscriber)).ReplyTo);
        Assert.True(Hub.Census is { HasSubscriptions: false });
    }

    [Fact]
    public async Task Everything_StaysHereFromThenOn()
    {
        Hub.SetUplinkTopics(["news"]);
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        await EndUplinkAsync();
        await UntilAsync(() => Hub.Census.Sessions == 1);

        await CallAsync(caller, "dns", "1");
        await CallAsync(caller, "dns@far", "2");
        await CallAsync(caller, "caller@here", "3");
        await PublishAsync(caller, "all", ",\"id\":\"4\"");
        Hub.SetUplinkTopics(["news"]);

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        Assert.Equal(0, (await caller.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
    }

    [Fact]
    public async Task Another_MayFollow()
    {
        Hub.SetUplinkTopics(["news"]);
        await EndUplinkAsync();
        await UntilAsync(() => Hub.Census.Sessions == 0);
        RawParticipant second = Keep(new BinaryParticipant(Hub.ConnectUplink(Others)));
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher");

        await PublishAsync(publisher, "all");

        await second.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public void ConnectUplink_WhileThereIsOne_ThrowsAndLeavesNothingBehind()
    {
        Assert.Throws<InvalidOperationException>(() => Hub.ConnectUplink(Others));
        Assert.Equal(1, Hub.Census.Sessions);
    }

    [Fact]
    public async Task Stop_OfTheHub_SaysGoodbyeToIt()
    {
        await Agent.AdvanceUntilAsync(Hub.StopAsync("the agent stops"));

        await Mesh.ExpectErrorAsync(MessageType.Goodbye, LocalCastError.Disconnected);
        await Mesh.ExpectEndAsync();
        Assert.Throws<ObjectDisposedException>(() => Hub.ConnectUplink(Others));
    }
}
