using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Full links slow those who send over them, and nobody else.</summary>
public sealed class UplinkCongestionTests : UplinkTest
{
    [Fact]
    public async Task Congestion_SlowsWhoSentElsewhere()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant sender = await JoinAsync("sender");
        Others.SetCongested("sender");
        await PublishAsync(sender, "all");
        await Mesh.ExpectAsync(MessageType.Publish);
        await UntilAsync(() => Others.Asked == 1);
        Others.SetCongested();

        await sender.SendAsync("""{"type":"ping_request","id":"after","data":{"nonce":"1"}}""");
        Task<Envelope> answer = sender.ExpectAsync(MessageType.PingResponse);
        await Agent.AdvanceUntilAsync(answer, TimeSpan.FromMilliseconds(10));

        Assert.InRange(TimeSpan.FromTicks(Time.GetTimestamp()).TotalMilliseconds, 50, 10_000); // no answer before it was waited for
    }

    [Fact]
    public async Task Congestion_OfOneSender_DoesNotSlowAnother()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant other = await JoinAsync("other");
        Others.SetCongested("sender");

        await PublishAsync(other, "all");
        await Mesh.ExpectAsync(MessageType.Publish);
        await UntilAsync(() => Others.Asked == 1);
        await other.SendAsync("""{"type":"ping_request","id":"after","data":{"nonce":"1"}}""");

        await other.ExpectAsync(MessageType.PingResponse);
        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task Congestion_DoesNotSlowWhoStaysHere()
    {
        Others.SetCongested("bystander-caller", "dns");
        Func<Task> bystandersCall = await BystandersAsync();

        await bystandersCall();
        await bystandersCall();

        Assert.Equal((0, 0), (Others.Asked, Time.GetTimestamp()));
    }

    [Fact]
    public async Task Congestion_DoesNotSlowWhoAnswers()
    {
        RawParticipant dns = await JoinAsync("dns");
        Others.SetCongested("bystander-caller", "dns");

        for (int i = 1; i <= 3; i++)
        {
            await CallFromElsewhereAsync("cli@far", "dns", $"{i}");
            await ReplyAsync(dns, await dns.ExpectAsync(MessageType.Call), "6");
            await Mesh.ExpectAsync(MessageType.Result);
        }

        Assert.Equal((0, 0), (Others.Asked, Time.GetTimestamp()));
    }
}
