using System.IO.Pipelines;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Tests;

/// <summary>A transport that fails to accept, or does not let go: the broadcaster goes on and stops in time.</summary>
public sealed class StuckTransportTests : IAsyncDisposable
{
    private readonly TestAgent _agent = TestAgent.Start();
    private readonly MemoryTransport _transport = new();

    [Fact]
    public async Task Accept_Fails_TheNextIsAccepted()
    {
        var listener = new StuckListener(_transport) { Failures = 3 };
        _agent.Broadcaster.Listen(listener);
        await using var participant = new JsonParticipant(await _transport.ConnectAsync(default));

        await _agent.AdvanceUntilAsync(participant.JoinAsync("late"));

        Assert.Equal(0, listener.Failures);
    }

    [Fact]
    public async Task StopAsync_ConnectionThatIsNeverDisposedOf_IsAbortedAfterTheCloseTimeout()
    {
        var listener = new StuckListener(_transport) { HoldsConnections = true };
        _agent.Broadcaster.Listen(listener);
        await using var participant = new JsonParticipant(await _transport.ConnectAsync(default));
        await participant.JoinAsync("node");

        await _agent.AdvanceUntilAsync(_agent.Broadcaster.StopAsync("going home"));

        Assert.True(listener.Accepted!.IsAborted);
        Assert.True(_agent.Time.GetTimestamp() >= _agent.Options.CloseTimeout.Ticks);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _transport.DisposeAsync();
    }

    private sealed class StuckListener(MemoryTransport inner) : IByteListener
    {
        public string Address => inner.Address;

        public int Failures { get; set; }

        public bool HoldsConnections { get; init; }

        public StuckConnection? Accepted { get; private set; }

        public async ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken)
        {
            if (Failures > 0)
            {
                Failures--;
                throw new IOException("no descriptors left");
            }

            IByteConnection? connection = await inner.AcceptAsync(cancellationToken);
            return connection is null || !HoldsConnections ? connection : Accepted = new StuckConnection(connection);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class StuckConnection(IByteConnection inner) : IByteConnection
    {
        public bool IsAborted { get; private set; }

        public PipeReader Input => inner.Input;

        public bool ReadsBlock => inner.ReadsBlock;

        public PeerIdentity? Peer => inner.Peer;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => inner.WriteAsync(bytes);

        public void Abort()
        {
            IsAborted = true;
            inner.Abort();
        }

        public ValueTask DisposeAsync() => new(Task.Delay(Timeout.InfiniteTimeSpan)); // as one that waits for a peer that does not read
    }
}
