namespace LocalCast.Transports.Tests;

public sealed class WebSocketTransportTests : TransportConformance
{
    private TestWebServer? _server;

    protected override async Task<(IByteListener Listener, IByteConnector Connector)> CreateAsync()
    {
        _server = await TestWebServer.StartAsync();
        return (_server, _server.Connector());
    }

    protected override Task DisposeTransportAsync() => _server!.StopAsync();
}
