namespace LocalCast.Transports.Tests;

public sealed class MemoryTransportTests : TransportConformance
{
    protected override Task<(IByteListener Listener, IByteConnector Connector)> CreateAsync()
    {
        var transport = new MemoryTransport();
        return Task.FromResult<(IByteListener, IByteConnector)>((transport, transport));
    }
}
