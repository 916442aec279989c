using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Tests;

public sealed class WebSocketListenerTests
{
    [Fact]
    public async Task DisposeAsync_NobodyAccepted_AllAreClosedAtOnce()
    {
        var time = new FakeTimeProvider();
        var listener = new WebSocketListener(WebSocketAddress.LinkPath, new(), time);
        await using WebServer server = await WebServer.StartAsync(["127.0.0.1:0"], [listener.Endpoint], new(), NullLoggerFactory.Instance, default).DefaultTimeout();
        RawWebSocket[] peers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RawWebSocket.ConnectAsync(server.Addresses[0])));

        Task ending = listener.DisposeAsync().AsTask();

        // None of them answers, and time stands still: one that is waited for must not keep the others from being told.
        foreach (RawWebSocket peer in peers)
        {
            Assert.Equal(1000, (await peer.ReadCloseAsync().DefaultTimeout()).Status);
        }

        foreach (RawWebSocket peer in peers)
        {
            await peer.DisposeAsync();
        }

        await ending.DefaultTimeout();
    }
}
