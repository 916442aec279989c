using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Tests;

public sealed class PipeTransportTests : TransportConformance
{
    protected override async Task<(IByteListener Listener, IByteConnector Connector)> CreateAsync()
    {
        string name = PipeName.New();
        return (await PipeListener.ListenAsync(name, NullLoggerFactory.Instance, default), new PipeConnector(name, TimeProvider.System));
    }
}
