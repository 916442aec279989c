using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Sdk.Tests;

/// <summary>Where agent and nodes of a test meet; an agent can go and another one come.</summary>
public abstract class TestPlace : IByteConnector
{
    public abstract string Address { get; }

    public abstract Task<IByteListener> ListenAsync();

    public abstract ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>In memory.</summary>
    public sealed class Memory : TestPlace
    {
        private MemoryTransport _transport = new();

        public override string Address => _transport.Address;

        public override Task<IByteListener> ListenAsync() => Task.FromResult<IByteListener>(_transport = new MemoryTransport());

        public override ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken) => _transport.ConnectAsync(cancellationToken);
    }

    /// <summary>On a named pipe.</summary>
    public sealed class Pipe : TestPlace
    {
        private static int _last;

        private readonly string _name = $"lc-sdk-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}";
        private readonly PipeConnector _connector;

        public Pipe() => _connector = new PipeConnector(_name, TimeProvider.System);

        public override string Address => _connector.Address;

        public override async Task<IByteListener> ListenAsync() => await PipeListener.ListenAsync(_name, NullLoggerFactory.Instance, default);

        public override ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken) => _connector.ConnectAsync(cancellationToken);
    }
}
