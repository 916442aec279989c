using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class MaxSessionsTests : HubTest
{
    [Fact]
    public async Task Connect_MoreThanAllowed_IsRefusedUntilOneLeaves()
    {
        RawParticipant[] all = [await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c")];
        RawParticipant fourth = await ConnectAsync();

        await fourth.ExpectGoodbyeAsync(LocalCastError.Busy);
        await LeaveAsync(all[0]);
        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 2);

        await JoinAsync("d");
    }

    private protected override void Configure(BroadcasterOptions options) => options.MaxSessions = 3;
}
