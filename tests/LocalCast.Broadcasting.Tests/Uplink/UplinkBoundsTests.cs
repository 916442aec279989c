using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>The bounds of one participant are not those of all other agents together.</summary>
public sealed class UplinkBoundsTests : UplinkTest
{
    [Fact]
    public async Task MaxSessions_DoesNotCountTheUplink()
    {
        await JoinAsync("a");
        await JoinAsync("b");
        RawParticipant third = await ConnectAsync();

        await third.ExpectGoodbyeAsync(LocalCastError.Busy);
    }

    [Fact]
    public async Task MaxFramesPerSecond_IsForOneParticipant()
    {
        RawParticipant dns = await JoinAsync("dns", isJson: false);

        for (int i = 1; i <= 100; i++)
        {
            await CallFromElsewhereAsync("cli@far", "dns", $"{i}");
            await dns.ExpectAsync(MessageType.Call);
        }

        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task ANodeThatDoesNotRead_DoesNotHoldUpTheOthers()
    {
        RawParticipant stuck = await JoinAsync("stuck", isJson: false, "\"topics\":[\"news\"]");
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        string payload = new('x', 100_000);

        for (int i = 0; i < 30; i++)
        {
            await Mesh.SendAsync($$$"""{"type":"publish","from":"cli@far","topic":"news","data":{"payload":"{{{payload}}}"}}""");
        }

        await CallFromElsewhereAsync("cli@far", "dns");
        await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(0, Time.GetTimestamp());
        await LeaveAsync(stuck);
    }

    private protected override void Configure(BroadcasterOptions options)
    {
        options.MaxSessions = 2;
        options.MaxFramesPerSecond = 5;
        options.MaxQueuedBytes = 1024 * 1024;
    }
}
