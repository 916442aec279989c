using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>The uplink is behind with what it is given.</summary>
public sealed class UplinkFullTests : UplinkTest
{
    /// <summary>A participant that does not read its results is put out for it; all other agents are not.</summary>
    [Fact]
    public async Task ResultsThatTheUplinkDoesNotRead_FailByNameAndItStays()
    {
        const int Calls = 40;
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        string large = new('x', 100_000);
        for (int i = 1; i <= Calls; i++)
        {
            await CallFromElsewhereAsync("cli@far", "dns", $"{i}");
        }

        for (int i = 1; i <= Calls; i++)
        {
            await ReplyAsync(dns, await dns.ExpectAsync(MessageType.Call), $"\"{large}\"");
        }

        await dns.ExpectNothingAsync();
        List<Envelope> results = [];
        for (int i = 1; i <= Calls; i++)
        {
            results.Add(await Mesh.ExpectAsync(MessageType.Result));
        }

        Assert.Equal(Calls, results.DistinctBy(result => result.ReplyTo).Count());
        Assert.Contains(results, result => result.Error is null);
        Assert.All(results.Where(result => result.Error is not null), result => Assert.Equal(LocalCastError.Busy, result.Error!.Code));
        Assert.Contains(results, result => result.Error is not null);
        await Mesh.ExpectNothingAsync();
    }

    private protected override void Configure(BroadcasterOptions options) => options.MaxQueuedBytes = 1024 * 1024;
}
