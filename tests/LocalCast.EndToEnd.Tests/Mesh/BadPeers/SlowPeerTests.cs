using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Peers that take nothing, or give a byte a second. Both take as long as an agent is patient, so they are here at the same time.</summary>
public sealed class SlowPeerTests(GoodAgents agents) : IClassFixture<GoodAgents>
{
    [Fact]
    public async Task PeerThatStopsReading_AndPeerThatDrips_AreGivenUp()
    {
        await Task.WhenAll(StopReadingAsync(), DripAsync());
        await agents.AssertUndisturbedAsync();
    }

    /// <summary>It subscribes to everything, and takes none of it.</summary>
    private async Task StopReadingAsync()
    {
        await using RawPeer peer = await RawPeer.LinkAsync(agents.Url, "deaf");
        await peer.AnnounceAsync(new JsonObject
        {
            ["id"] = peer.Id,
            ["name"] = peer.Id,
            ["boot"] = peer.Boot.ToString(),
            ["seq"] = "1",
            ["nodes"] = new JsonArray(new JsonObject { ["name"] = "ear", ["state"] = "Ready", ["topics"] = new JsonArray("noise.>") }),
            ["neighbours"] = new JsonArray(new JsonObject { ["id"] = "a", ["cost"] = 100 }),
        });
        await agents.UntilAsync(async () => await agents.WayToAsync("ear") is ["deaf"], "the deaf one is not known");
        peer.StopReading();

        byte[] noise = new byte[100 * 1024];
        Task given = agents.LoggedAsync("link_ended", "deaf", "took nothing");
        while (!given.IsCompleted)
        {
            await agents.Client.PublishBytesAsync("noise.loud", noise).AsTask().DefaultTimeout();
            await Task.Delay(10, CancellationToken.None);
        }

        await given;
        await agents.CountedAsync("link_ended", "deaf");
    }

    private async Task DripAsync()
    {
        await using RawPeer peer = await RawPeer.ConnectAsync(agents.Url, "drips");
        byte[] hello = Encoding.UTF8.GetBytes(peer.Hello().ToJsonString());
        Task<LocalCastError> goodbye = peer.WhyGoodbyeAsync();
        for (int i = 0; !goodbye.IsCompleted; i++)
        {
            await Task.WhenAny(goodbye, peer.SendAsync(hello.AsMemory(i, 1), WebSocketMessageType.Text, isEnd: false));
            await Task.WhenAny(goodbye, Task.Delay(1000));
        }

        Assert.Equal(LocalCastError.Timeout, await goodbye);
        await agents.LoggedAsync("link_refused", "drips", "handshake");
        await agents.CountedAsync("link_refused", "drips");
    }
}
