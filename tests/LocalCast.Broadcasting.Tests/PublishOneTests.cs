using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>A publication to one subscriber is acknowledged, or its publisher is told why not.</summary>
public sealed class PublishOneTests : HubTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_Acknowledged_TellsThePublisher(bool subscriberIsJson)
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", subscriberIsJson, "\"topics\":[\"jobs\"]");
        await PublishAsync(publisher, "p");
        Envelope job = await worker.ExpectAsync(MessageType.Publish);
        Assert.Equal(("publisher", """{"job":1}""", PublishMode.One), (job.From, job.PayloadText(), job.Mode));
        await publisher.ExpectNothingAsync();

        await AckAsync(worker, job);

        Envelope ack = await publisher.ExpectAsync(MessageType.Ack);
        Assert.Equal(("p", null), (ack.ReplyTo, ack.Error));
    }

    [Fact]
    public async Task One_OfMany_ReachesOneOnly()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant[] workers = [await WorkerAsync("a"), await WorkerAsync("b"), await WorkerAsync("c")];
        await PublishAsync(publisher, "p");
        await UntilPublishedAsync(publisher);

        int got = 0;
        foreach (RawParticipant worker in workers)
        {
            await worker.SendAsync("""{"type":"ping_request","id":"quiet","data":{"nonce":"1"}}""");
            if (await worker.ReceiveAsync() is { Type: MessageType.Publish } job)
            {
                got++;
                await AckAsync(worker, job);
                await worker.ExpectAsync(MessageType.PingResponse);
            }
        }

        Assert.Equal(1, got);
        Assert.Null((await publisher.ExpectAsync(MessageType.Ack)).Error);
    }

    [Fact]
    public async Task One_NobodySubscribes_IsNoSubscriber()
    {
        RawParticipant publisher = await JoinAsync("publisher");

        await PublishAsync(publisher, "p");
        Assert.Equal("p", (await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoSubscriber)).ReplyTo);
        await publisher.SendAsync("""{"type":"publish","topic":"jobs","data":{"mode":"one"}}""");

        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoSubscriber); // an error is told also to who did not ask
    }

    [Fact]
    public async Task One_Refused_GoesToTheNextAndThenFails()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant[] workers = [await WorkerAsync("a"), await WorkerAsync("b")];
        await PublishAsync(publisher, "p");
        await UntilPublishedAsync(publisher);

        RawParticipant first = await RefuseAsync(workers);
        await publisher.ExpectNothingAsync();
        RawParticipant second = await RefuseAsync([.. workers.Except([first])]);

        Assert.NotEqual(first, second);
        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.SubscriberTimeout);
    }

    [Fact]
    public async Task One_NotAcknowledged_GoesToTheNextAfterTheTimeout()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant[] workers = [await WorkerAsync("a"), await WorkerAsync("b")];
        await PublishAsync(publisher, "p");
        await UntilPublishedAsync(publisher);

        Time.Advance(TimeSpan.FromSeconds(1.9));
        await publisher.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromSeconds(0.5));

        Envelope[] jobs = [await workers[0].ExpectAsync(MessageType.Publish), await workers[1].ExpectAsync(MessageType.Publish)];
        await publisher.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromSeconds(2.5));
        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.SubscriberTimeout);
        await AckAsync(workers[0], jobs[0]); // late: harms nobody
        await workers[0].ExpectNothingAsync();
        await publisher.ExpectNothingAsync();
    }

    [Fact]
    public async Task One_SubscriberLeaves_GoesToTheNextAtOnce()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant first = await WorkerAsync("first");
        await PublishAsync(publisher, "p");
        await first.ExpectAsync(MessageType.Publish);

        await LeaveAsync(first);

        await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.SubscriberTimeout);
        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task One_OtherSubscriberLeftMeanwhile_IsNotTriedForEver()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant[] workers = [await WorkerAsync("a"), await WorkerAsync("b")];
        await PublishAsync(publisher, "p");
        await UntilPublishedAsync(publisher);
        RawParticipant refused = await RefuseAsync(workers, leaveOthersFirst: true);

        Assert.Contains((await publisher.ExpectAsync(MessageType.Ack)).Error!.Code, (LocalCastError[])[LocalCastError.SubscriberTimeout, LocalCastError.NoSubscriber]);
        await refused.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ack_OfAStranger_CountsForNothing()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await WorkerAsync("worker");
        RawParticipant stranger = await JoinAsync("stranger");
        await PublishAsync(publisher, "p");
        Envelope job = await worker.ExpectAsync(MessageType.Publish);

        await AckAsync(stranger, job);
        await stranger.ExpectNothingAsync();
        await publisher.ExpectNothingAsync();
        await AckAsync(worker, job);

        Assert.Null((await publisher.ExpectAsync(MessageType.Ack)).Error);
    }

    [Fact]
    public async Task Publisher_LeavesMeanwhile_HarmsNobody()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await WorkerAsync("worker");
        await PublishAsync(publisher, "p");
        Envelope job = await worker.ExpectAsync(MessageType.Publish);

        await LeaveAsync(publisher);
        await UntilAsync(() => Agent.Broadcaster.Census.Names == 1);
        await AckAsync(worker, job);

        await worker.ExpectNothingAsync();
    }

    private Task<RawParticipant> WorkerAsync(string name) => JoinAsync(name, "\"topics\":[\"jobs\"]");

    private static Task PublishAsync(RawParticipant publisher, string id) =>
        publisher.SendAsync($$$$"""{"type":"publish","id":"{{{{id}}}}","topic":"jobs","data":{"mode":"one","payload":{"job":1}}}""");

    private static Task AckAsync(RawParticipant worker, Envelope job) => worker.SendAsync($$$"""{"type":"ack","reply_to":"{{{job.Id}}}"}""");

    /// <summary>The agent works through a participant's frames in order: what was published before this is under way.</summary>
    private static Task UntilPublishedAsync(RawParticipant publisher) => publisher.ExpectNothingAsync();

    private async Task<RawParticipant> RefuseAsync(RawParticipant[] workers, bool leaveOthersFirst = false)
    {
        foreach (RawParticipant worker in workers)
        {
            await worker.SendAsync("""{"type":"ping_request","id":"quiet","data":{"nonce":"1"}}""");
            if (await worker.ReceiveAsync() is not { Type: MessageType.Publish } job)
            {
                continue;
            }

            await worker.ExpectAsync(MessageType.PingResponse);
            if (leaveOthersFirst)
            {
                await LeaveAsync(workers.Single(other => other != worker));
                await UntilAsync(() => Agent.Broadcaster.Census.Names == 2);
            }

            await worker.SendAsync($$$"""{"type":"ack","reply_to":"{{{job.Id}}}","error":{"name":"Busy","message":"no time"}}""");
            return worker;
        }

        throw new InvalidOperationException("nobody got it");
    }
}
