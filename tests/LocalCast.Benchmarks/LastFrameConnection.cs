using System.IO.Pipelines;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Benchmarks;

/// <summary>Takes everything at once and remembers which number the last frame had.</summary>
internal sealed class LastFrameConnection : IByteConnection
{
    private readonly byte[] _lastSequence = new byte[sizeof(uint)];

    public PipeReader Input { get; } = PipeReader.Create(Stream.Null);

    public bool ReadsBlock => false;

    public PeerIdentity? Peer => null;

    public ReadOnlySpan<byte> LastSequence => _lastSequence;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        bytes.Span.Slice(FrameReader.PrefixSize + PacketHeader.SequenceOffset, sizeof(uint)).CopyTo(_lastSequence);
        return ValueTask.CompletedTask;
    }

    public void Abort()
    {
        // Nothing waits here.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
