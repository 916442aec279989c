using System.Collections.Concurrent;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class MoveNameTests : KeeperTest
{
    [Fact]
    public async Task Move_CallsGoToTheSuccessor_TheFormerAnswersWhatItGot()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant first = await JoinInstanceAsync("dns", 1);
        RawParticipant second = await StandByAsync("dns", 2);
        await caller.SendAllAsync([Call("dns", 1), Call("dns", 2), Call("dns", 3, deadlineMs: 1000)]);
        Envelope[] calls = [await first.ExpectAsync(MessageType.Call), await first.ExpectAsync(MessageType.Call), await first.ExpectAsync(MessageType.Call)];

        Assert.True(Hub.MoveName("dns", 2));
        Assert.True(Hub.MoveName("dns", 2)); // it has it already
        await caller.SendAsync(Call("dns", 4, "4"));

        await AnswerAsync(second, "4");
        Assert.Equal("4", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        await ReplyAsync(first, calls[0], "1");
        Assert.Equal("1", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        await caller.SendAsync("""{"type":"cancel","to":"dns","reply_to":"2"}""");
        Assert.Equal("2", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled)).ReplyTo);
        Assert.Equal(calls[1].Id, (await first.ExpectAsync(MessageType.Cancel)).ReplyTo);
        Time.Advance(TimeSpan.FromMilliseconds(1100));
        Assert.Equal("3", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout)).ReplyTo);
        Assert.Equal(calls[2].Id, (await first.ExpectAsync(MessageType.Cancel)).ReplyTo);
    }

    [Fact]
    public async Task Move_FormerLeavesOrCallerLeaves_EndsTheirCalls()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant leaver = await JoinAsync("leaver");
        RawParticipant first = await JoinInstanceAsync("dns", 1);
        await StandByAsync("dns", 2);
        await caller.SendAsync(Call("dns", 1));
        await first.ExpectAsync(MessageType.Call);
        await leaver.SendAsync(Call("dns", 2));
        Envelope call = await first.ExpectAsync(MessageType.Call);
        Hub.MoveName("dns", 2);

        await LeaveAsync(leaver);
        Assert.Equal(call.Id, (await first.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await LeaveAsync(first);
        Assert.Equal("1", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo);
        Assert.Equal(["caller Ready", "dns Ready"], await PsAsync(caller));
    }

    [Fact]
    public async Task Move_SubscriptionsFollowTheName_ThereAndBack()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant first = await JoinInstanceAsync("dns", 1, "\"topics\":[\"t\"]");
        RawParticipant second = await StandByAsync("dns", 2, "\"topics\":[\"t\",\"u\"]");

        foreach ((int tag, RawParticipant holder, RawParticipant other) in ((int, RawParticipant, RawParticipant)[])[(2, second, first), (1, first, second), (2, second, first)])
        {
            Assert.True(Hub.MoveName("dns", tag));
            await publisher.SendAsync("""{"type":"publish","id":"1","topic":"t","data":{"mode":"all","payload":1}}""");
            Assert.Equal(1, (await publisher.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
            await holder.ExpectAsync(MessageType.Publish);
            await publisher.SendAsync("""{"type":"publish","topic":"x","data":{"mode":"every","payload":1}}""");
            await publisher.ExpectAsync(MessageType.Publish);
            await holder.ExpectAsync(MessageType.Publish);
            await other.ExpectNothingAsync();
        }

        await first.SendAsync("""{"type":"unsubscribe","id":"1","topic":"t"}""");
        await first.ExpectAsync(MessageType.Ack);
        Hub.MoveName("dns", 1);
        await publisher.SendAsync("""{"type":"publish","id":"1","topic":"t","data":{"mode":"all","payload":1}}""");
        Assert.Equal(0, (await publisher.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
    }

    [Fact]
    public async Task Move_IsOneEvent()
    {
        RawParticipant watcher = await JoinAsync("watcher", "\"role\":\"client\"");
        await JoinInstanceAsync("dns", 1, "\"version\":\"1\"");
        await StandByAsync("dns", 2, "\"version\":\"2\"");
        await watcher.SendAsync("""{"type":"subscribe","topic":"localcast.nodes"}""");
        await watcher.ExpectNothingAsync();

        Hub.MoveName("dns", 2);

        Envelope moved = await watcher.ExpectAsync(MessageType.Publish);
        Assert.Equal(("moved", "2"), (moved.Field("event").GetString(), moved.Field("node", "version").GetString()));
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task Move_ToASuccessorThatIsNotReady_CallsAndRequiresWaitForIt()
    {
        Kept.OnWake = _ => new WakeAnswer(true, null);
        RawParticipant caller = await JoinAsync("caller");
        await JoinInstanceAsync("dns", 1);
        RawParticipant second = await StandByAsync("dns", 2, "\"ready\":false");
        Hub.MoveName("dns", 2);
        await caller.SendAllAsync([Call("dns", 1, "1"), """{"type":"require","id":"r","data":{"names":["dns"]}}"""]);
        await UntilAsync(() => Hub.Census is { Parked: 1, Requires: 1 });

        await second.SendAsync("""{"type":"ready"}""");

        await AnswerAsync(second, "1");
        await caller.ExpectAsync(MessageType.Required);
        await caller.ExpectAsync(MessageType.Result);
    }

    [Fact]
    public async Task Move_ToNobody_ChangesNothing()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant first = await JoinInstanceAsync("dns", 1);
        await StandByAsync("dht", 2);

        Assert.False(Hub.MoveName("dns", 2));
        Assert.False(Hub.MoveName("never", 1));

        await caller.SendAsync(Call("dns", 1, "1"));
        await AnswerAsync(first, "1");
    }

    [Fact]
    public async Task Move_NameIsFree_TheSuccessorGetsIt()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant first = await JoinInstanceAsync("dns", 1);
        RawParticipant second = await StandByAsync("dns", 2);
        await LeaveAsync(first);
        await UntilAsync(() => Hub.Census.Names == 1);

        Assert.True(Hub.MoveName("dns", 2));

        await caller.SendAsync(Call("dns", 1, "1"));
        await AnswerAsync(second, "1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Move_BackAndForthUnderCalls_EachIsExecutedOnceAndAnsweredOnce(bool isHeld)
    {
        const int Callers = 4;
        const int Calls = 500;
        RawParticipant[] instances = [await JoinInstanceAsync("dns", 1, isJson: false), await StandByAsync("dns", 2, isJson: false)];
        var executed = new ConcurrentDictionary<string, int>();
        int[] perInstance = [0, 0];
        Task[] answering = [.. instances.Select((instance, index) => Task.Run(async () =>
        {
            while (await instance.TryReceiveFrameAsync() is { } frame)
            {
                Envelope call = BinaryCodec.Decode(frame);
                executed.AddOrUpdate(call.PayloadText(), 1, (_, count) => count + 1);
                if (++perInstance[index] % 7 == 0)
                {
                    MoveOn(index, isHeld);
                }

                await ReplyAsync(instance, call, call.PayloadText());
            }
        }))];
        RawParticipant[] callers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => JoinAsync($"caller{i}", isJson: i % 2 == 0)));
        Task calling = Task.WhenAll(callers.Select((caller, number) => Task.Run(async () =>
        {
            for (int i = 0; i < Calls; i += 10)
            {
                await caller.SendAllAsync(Enumerable.Range(i, 10).Select(n => Call("dns", n + 1, $"\"{number}.{n}\"")));
                HashSet<string> answered = [];
                for (int n = 0; n < 10; n++)
                {
                    Envelope result = await caller.ExpectAsync(MessageType.Result);
                    Assert.True(result.Error is null, result.Text());
                    Assert.True(answered.Add(result.ReplyTo!));
                    Assert.Equal($"\"{number}.{int.Parse(result.ReplyTo!, System.Globalization.CultureInfo.InvariantCulture) - 1}\"", result.PayloadText());
                }
            }

            await caller.ExpectNothingAsync();
        })));
        await (await Task.WhenAny([calling, .. answering]).DefaultTimeout()); // an instance that ends now has failed
        await calling.DefaultTimeout();

        Assert.Equal(Callers * Calls, executed.Count);
        Assert.All(executed, call => Assert.Equal(1, call.Value));
        Assert.All(perInstance, count => Assert.NotEqual(0, count));
        await Task.WhenAll(instances.Select(instance => instance.SendAsync("""{"type":"goodbye"}""")));
        await Task.WhenAll(answering).DefaultTimeout();
    }

    /// <summary>An instance had enough: the other one gets the name.</summary>
    private void MoveOn(int index, bool isHeld)
    {
        if (isHeld)
        {
            Hub.HoldCalls("dns");
        }

        Assert.True(Hub.MoveName("dns", 2 - index));
        if (isHeld)
        {
            Hub.ReleaseCalls("dns");
        }
    }
}
