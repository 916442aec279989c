using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Broadcasting.Tests;

/// <summary>A call and its result cost the hub no memory, with a keeper or without.</summary>
public sealed class RoutingAllocationTests
{
    private const int Calls = 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CallAndResult_SteadyState_AllocateNothing(bool hasKeeper)
    {
        var hub = new Hub(new BroadcasterOptions(), new FakeTimeProvider(), NullLogger.Instance, hasKeeper ? new Keeping.FakeKeeper() : null);
        var toCallee = new LastFrame();
        using var caller = new Driven(hub, new LastFrame(), "caller");
        using var callee = new Driven(hub, toCallee, "callee");
        byte[] call = Encode(new Envelope { Type = MessageType.Call, Id = "1", To = "callee", Method = "m", DeadlineMs = 30_000 });
        byte[] result = Encode(new Envelope { Type = MessageType.Result, ReplyTo = "1", PayloadKind = PayloadKind.Bytes, Payload = new byte[64] });

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Calls / 2); // an array or two that grows, nothing per call
        Assert.Equal(0, hub.Counters.LateAnswers);

        void Run()
        {
            for (int i = 0; i < Calls; i++)
            {
                caller.Route(call);
                BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(PacketHeader.SequenceOffset), toCallee.Sequence);
                callee.Route(result);
            }
        }
    }

    private static byte[] Encode(Envelope envelope)
    {
        var body = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(envelope, body);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>A session that is driven by hand, on this thread.</summary>
    private sealed class Driven : IDisposable
    {
        private readonly Hub _hub;
        private readonly Session _session;
        private readonly DeliveryBatch _batch;

        public Driven(Hub hub, IByteConnection connection, string name)
        {
            _hub = hub;
            _session = new Session(hub, connection, 1) { IsJson = false };
            _batch = new DeliveryBatch(hub);
            Route(Encode(new Envelope { Type = MessageType.Hello, PayloadKind = PayloadKind.Json, Payload = System.Text.Encoding.UTF8.GetBytes($$"""{"protocol":[1,1],"name":"{{name}}"}""") }));
        }

        public void Route(byte[] body)
        {
            _batch.Begin();
            Assert.True(Packet.TryRead(body, out Packet packet, out _));
            _hub.Router.Route(_session, packet, _batch);
            _batch.Flush();
        }

        public void Dispose() => _session.Dispose();
    }

    /// <summary>Takes everything and remembers the number of the last frame.</summary>
    private sealed class LastFrame : IByteConnection
    {
        public uint Sequence { get; private set; }

        public PipeReader Input { get; } = PipeReader.Create(Stream.Null);

        public bool ReadsBlock => false;

        public PeerIdentity? Peer => null;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[(FrameReader.PrefixSize + PacketHeader.SequenceOffset)..]);
            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
            // Nothing waits here.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
