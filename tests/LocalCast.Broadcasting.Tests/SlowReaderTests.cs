using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>A participant that does not read is slowed, then told, then dropped with a reason, and nobody else notices.</summary>
public sealed class SlowReaderTests : HubTest
{
    private const int Messages = 1000;

    private static readonly string _kilobyte = new('x', 1024);

    [Fact]
    public async Task Subscriber_ThatStopsReading_IsDroppedAndTheOthersGoOn()
    {
        RawParticipant publisher = await JoinAsync("publisher", isJson: false);
        RawParticipant good = await JoinAsync("good", isJson: false, "\"topics\":[\"t\"]");
        RawParticipant watcher = await JoinAsync("watcher", "\"role\":\"client\",\"topics\":[\"localcast.nodes\"]");
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant slow = await JoinAsync("slow", isJson: false, "\"topics\":[\"t\"]");
        await Agent.AdvanceUntilAsync(PublishInStepAsync(publisher, good));
        await bystandersCall();
        Assert.Equal(0, Agent.Broadcaster.Counters.DroppedParticipants);

        Time.Advance(Agent.Options.DropSlowAfter + TimeSpan.FromSeconds(1));
        await LeftAsync(watcher);

        Assert.Contains(Agent.Log.Entries, entry => entry.Name == "SlowParticipant");
        Assert.True(Agent.Broadcaster.Counters.DroppedPublications > 0);
        Assert.Equal(1, Agent.Broadcaster.Counters.DroppedParticipants);
        await bystandersCall();
        await publisher.SendAsync("""{"type":"publish","topic":"t","data":{"payload":"after"}}""");
        Assert.Equal("\"after\"", (await good.ExpectAsync(MessageType.Publish)).PayloadText());
        Assert.True(await UntilEndAsync(slow) < Messages);
    }

    [Fact]
    public async Task Subscriber_ThatReadsAgain_WasToldAndStays()
    {
        RawParticipant publisher = await JoinAsync("publisher", isJson: false);
        RawParticipant slow = await JoinAsync("slow", isJson: false, "\"topics\":[\"t\"]");
        await Agent.AdvanceUntilAsync(PublishManyAsync(publisher));
        Time.Advance(Agent.Options.TellSlowAfter + TimeSpan.FromSeconds(1));

        Envelope received = await slow.ReceiveAsync();
        while (received.Type == MessageType.Publish)
        {
            received = await slow.ReceiveAsync();
        }

        Assert.Equal(("notice", LocalCastError.Busy), (received.TypeName, received.Error?.Code));
        Time.Advance(Agent.Options.DropSlowAfter + TimeSpan.FromSeconds(1));
        await slow.ExpectNothingAsync();
        await publisher.SendAsync("""{"type":"publish","topic":"t","data":{"payload":"after"}}""");
        await slow.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public async Task Callee_ThatStopsReading_CallsToItAreBusyAndToOthersAreNot()
    {
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        Func<Task> bystandersCall = await BystandersAsync();
        await JoinAsync("slow", isJson: false);
        Task calling = Task.Run(async () =>
        {
            for (int id = 1; ; id++)
            {
                await caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"slow","data":{"method":"m","args":["{{{_kilobyte}}}"]},"deadline_ms":600000}""");
                if (caller.Connection.Input.TryRead(out System.IO.Pipelines.ReadResult read))
                {
                    caller.Connection.Input.AdvanceTo(read.Buffer.Start);
                    return;
                }
            }
        });

        await Agent.AdvanceUntilAsync(calling);

        Assert.Equal(LocalCastError.Busy, (await caller.ExpectAsync(MessageType.Result)).Error?.Code);
        await bystandersCall();
    }

    [Fact]
    public async Task Participant_ThatAsksAndNeverReads_IsReadNoMoreAndThenDropped()
    {
        RawParticipant greedy = await JoinAsync("greedy");
        Func<Task> bystandersCall = await BystandersAsync();
        Task asking = Task.Run(async () =>
        {
            for (int i = 0; i < 20_000 && Agent.Broadcaster.Census.Names == 3; i++)
            {
                await greedy.SendAsync("""{"type":"call","id":"1","to":"localcast","data":{"method":"ps"}}""");
            }
        });

        await Agent.AdvanceUntilAsync(UntilAsync(() => Agent.Broadcaster.Census.Names == 2), TimeSpan.FromSeconds(1));

        await bystandersCall();
        await UntilEndAsync(greedy);
        await asking.DefaultTimeout();
    }

    private protected override void Configure(BroadcasterOptions options)
    {
        // The clock of these tests runs much faster than the machine works: what is judged by time gets enough of it.
        options.MaxQueuedBytes = 256 * 1024;
        options.TellSlowAfter = TimeSpan.FromMinutes(2);
        options.DropSlowAfter = TimeSpan.FromMinutes(10);
        options.KeepAliveAfter = TimeSpan.FromHours(10);
        options.DefaultDeadline = TimeSpan.FromHours(10);
    }

    private static async Task PublishManyAsync(RawParticipant publisher)
    {
        for (int i = 0; i < Messages; i++)
        {
            await publisher.SendAsync($$$"""{"type":"publish","topic":"t","data":{"payload":"{{{_kilobyte}}}"}}""");
        }

        await publisher.ExpectNothingAsync(); // the agent has worked through all of them
    }

    /// <summary>Publishes no faster than one subscriber reads, so that only the other one is ever behind.</summary>
    private static async Task PublishInStepAsync(RawParticipant publisher, RawParticipant good)
    {
        for (int i = 0; i < Messages; i++)
        {
            await publisher.SendAsync($$$"""{"type":"publish","topic":"t","data":{"payload":"{{{_kilobyte}}}"}}""");
            await good.ExpectAsync(MessageType.Publish);
        }
    }

    private static async Task<int> UntilEndAsync(RawParticipant participant)
    {
        int count = 0;
        while (await participant.TryReceiveFrameAsync() is not null)
        {
            count++;
        }

        return count;
    }

    private static async Task LeftAsync(RawParticipant watcher)
    {
        while (true)
        {
            Envelope news = await watcher.ExpectAsync(MessageType.Publish);
            if (news.Field("event").GetString() == "left")
            {
                Assert.Equal("slow", news.Field("node", "name").GetString());
                Assert.Contains("did not read", news.Field("reason").GetString());
                return;
            }
        }
    }
}
