using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class HandshakeTests : HubTest
{
    public static TheoryData<string> BadNames =>
    [
        "", "localcast", "p2p", "p2p.x", "a@b", "a\nb", "a\u0000b", "a\u0085b", new string('x', 129),
        "b06531b17f9586226d526fff54527c8c", "B06531B17F9586226D526FFF54527C8C",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hello_Good_IsAnsweredInItsOwnKindWithLimitsAndChannel(bool isJson)
    {
        RawParticipant dht = await ConnectAsync(isJson);

        Envelope ack = await dht.JoinAsync("dht");

        Assert.Equal("localcast", ack.From);
        Assert.Equal("b06531b17f9586226d526fff54527c8c", ack.Field("channel").GetString());
        Assert.Equal(1, ack.Field("protocol").GetInt32());
        Assert.Equal("test-agent", ack.Field("agent", "name").GetString());
        Assert.Equal(10_000, ack.Field("limits", "max_subscriptions").GetInt32());
    }

    [Theory]
    [InlineData("""{"type":"ping","id":"1"}""")]
    [InlineData("""{"type":"call","id":"1","to":"x","data":{"method":"m"}}""")]
    [InlineData("""{"type":"goodbye"}""")]
    [InlineData("""{"type":"something"}""")]
    [InlineData("""{"type":"hello"}""")]
    [InlineData("""{"type":"hello","data":[]}""")]
    [InlineData("""{"type":"hello","data":{"protocol":[1,1]}}""")]
    [InlineData("""{"type":"hello","data":{"protocol":[1],"name":"x"}}""")]
    [InlineData("""{"type":"hello","data":{"protocol":[1,1],"name":"x","role":"boss"}}""")]
    [InlineData("""{"type":"hello","data":{"protocol":[1,1],"name":"x","topics":["a..b"]}}""")]
    [InlineData("""{"type":"hello","data":{"protocol":[1,1],"name":"x","methods":[null]}}""")]
    public async Task FirstFrame_NotAGoodHello_IsRefusedAndEveryoneElseGoesOn(string first)
    {
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant stranger = await ConnectAsync();

        await stranger.SendAsync(first);

        await stranger.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        await bystandersCall();
    }

    [Fact]
    public async Task Hello_NotInTenSeconds_IsClosedAndNotBefore()
    {
        RawParticipant silent = await ConnectAsync();
        RawParticipant late = await ConnectAsync();
        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 2);

        Time.Advance(TimeSpan.FromSeconds(9.9));
        await late.JoinAsync("just-in-time");
        Time.Advance(TimeSpan.FromSeconds(0.5));

        await silent.ExpectGoodbyeAsync(LocalCastError.Timeout);
        await late.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("[2,3]")]
    [InlineData("[-1,0]")]
    public async Task Hello_OtherVersion_IsRefusedByName(string versions)
    {
        RawParticipant other = await ConnectAsync();

        await other.SendAsync($$$"""{"type":"hello","data":{"protocol":{{{versions}}},"name":"x"}}""");

        await other.ExpectGoodbyeAsync(LocalCastError.VersionMismatch);
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task Hello_BadName_IsRefusedAndEveryoneElseGoesOn(string name)
    {
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant stranger = await ConnectAsync();

        await stranger.SendAsync(RawParticipant.Hello(name));

        await stranger.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        await bystandersCall();
        Assert.Equal(1, Agent.Broadcaster.Counters.RefusedHellos);
    }

    [Fact]
    public async Task Hello_Second_EndsTheSession()
    {
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant dht = await JoinAsync("dht");

        await dht.SendAsync(RawParticipant.Hello("dht"));

        await dht.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        await bystandersCall();
    }

    [Fact]
    public async Task Hello_NameOfALivingParticipant_IsRefusedAndTheHolderStays()
    {
        RawParticipant holder = await JoinAsync("dht");
        RawParticipant claimant = await ConnectAsync();
        await claimant.SendAsync(RawParticipant.Hello("dht"));

        Envelope probe = await holder.ExpectAsync(MessageType.PingRequest);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await holder.SendAsync($$"""{"type":"ping_response","data":{{probe.PayloadText()}}}""");

        await Agent.AdvanceUntilAsync(claimant.ExpectGoodbyeAsync(LocalCastError.DuplicateName));
        await holder.ExpectNothingAsync();
    }

    [Fact]
    public async Task Hello_NameOfADeadParticipant_IsGrantedAndTheHolderIsToldWhy()
    {
        RawParticipant holder = await JoinAsync("dht");
        RawParticipant claimant = await ConnectAsync();
        Task<Envelope> joining = claimant.JoinAsync("dht");
        await holder.ExpectAsync(MessageType.PingRequest);

        await Agent.AdvanceUntilAsync(joining);

        Assert.True(Time.GetTimestamp() >= Agent.Options.ClaimProbe.Ticks);
        await holder.ExpectGoodbyeAsync(LocalCastError.Disconnected);
        Assert.Single(Agent.Broadcaster.Participants);
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync("""{"type":"call","id":"1","to":"dht","data":{"method":"m"}}""");
        await ReplyAsync(claimant, await claimant.ExpectAsync(MessageType.Call), "1");
        await caller.ExpectAsync(MessageType.Result);
    }

    [Fact]
    public async Task Hello_NameOfAParticipantThatLeavesMeanwhile_IsGranted()
    {
        RawParticipant holder = await JoinAsync("dht");
        RawParticipant claimant = await ConnectAsync();
        Task<Envelope> joining = claimant.JoinAsync("dht");
        await holder.ExpectAsync(MessageType.PingRequest);

        await LeaveAsync(holder);

        await Agent.AdvanceUntilAsync(joining);
        Assert.True(Time.GetTimestamp() < TimeSpan.TicksPerSecond, "a name that is free is granted without waiting for a probe's end");
    }

    [Fact]
    public async Task Hello_ClaimantLeavesMeanwhile_ClaimIsForgottenAndTheHolderStays()
    {
        RawParticipant holder = await JoinAsync("dht");
        RawParticipant claimant = await ConnectAsync();
        await claimant.SendAsync(RawParticipant.Hello("dht"));
        await holder.ExpectAsync(MessageType.PingRequest);

        await LeaveAsync(claimant);
        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 1);
        Time.Advance(Agent.Options.ClaimProbe + TimeSpan.FromSeconds(1));

        await holder.ExpectNothingAsync();
    }

    [Fact]
    public async Task Hello_FramesBehindAClaim_AreRefused()
    {
        RawParticipant holder = await JoinAsync("dht");
        RawParticipant claimant = await ConnectAsync();
        await claimant.SendAllAsync([RawParticipant.Hello("dht"), """{"type":"subscribe","id":"1","topic":"a"}"""]);

        await claimant.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        await holder.ExpectAsync(MessageType.PingRequest);
        await holder.ExpectNothingAsync();
    }

    [Fact]
    public async Task Hello_WithMoreTopicsThanAllowed_IsRefused()
    {
        RawParticipant greedy = await ConnectAsync();

        await greedy.SendAsync(RawParticipant.Hello("greedy", $"\"topics\":[{string.Join(',', Enumerable.Range(0, 10_001).Select(i => $"\"t{i}\""))}]"));

        await greedy.ExpectGoodbyeAsync(LocalCastError.Busy);
    }

    [Fact]
    public async Task Hello_WhileOthersCall_IsAnsweredBeforeAnythingElseComes()
    {
        RawParticipant caller = await JoinAsync("caller", isJson: false, "\"role\":\"client\"");
        using var stop = new CancellationTokenSource();
        Task calling = Task.Run(async () =>
        {
            for (int id = 1; !stop.IsCancellationRequested; id++)
            {
                await caller.SendAsync("""{"type":"publish","topic":"news","data":{"mode":"every","payload":1}}""");
                await caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"dht","data":{"method":"m"}}""");
                await caller.ExpectAsync(MessageType.Result);
            }
        });

        for (int i = 0; i < 300; i++)
        {
            RawParticipant dht = await ConnectAsync(isJson: false);
            await dht.JoinAsync("dht", "\"topics\":[\"news\"]");
            await LeaveAsync(dht);
            await UntilAsync(() => Agent.Broadcaster.Census.Names == 1);
        }

        await stop.CancelAsync();
        await calling.DefaultTimeout();
    }
}
