using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using LocalCast.Protocol;

namespace LocalCast.Benchmarks;

/// <summary>Reading a call of 64 bytes: in place, into an envelope, and from JSON.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly ProtocolLimits _limits = new();
    private readonly ArrayBufferWriter<byte> _written = new();
    private readonly Envelope _envelope = new()
    {
        Type = MessageType.Call,
        Id = "4711",
        To = "dns",
        From = "cli-1",
        Method = "resolve",
        DeadlineMs = 30_000,
        PayloadKind = PayloadKind.Json,
        Payload = Encoding.UTF8.GetBytes("[\"" + new string('x', 60) + "\"]"),
    };

    private byte[] _binary = [];
    private byte[] _json = [];

    [GlobalSetup]
    public void Setup()
    {
        _binary = Write(BinaryCodec.Encode);
        _json = Write(JsonCodec.Encode);
    }

    [Benchmark(Baseline = true)]
    public uint ReadInPlace()
    {
        Packet.TryRead(_binary, out Packet packet, out _);
        return packet.Sequence + (uint)packet.Payload.Length;
    }

    [Benchmark]
    public Envelope DecodeBinary() => BinaryCodec.Decode(_binary);

    [Benchmark]
    public Envelope DecodeJson() => JsonCodec.Decode(_json, _limits);

    [Benchmark]
    public int EncodeBinary()
    {
        _written.ResetWrittenCount();
        BinaryCodec.Encode(_envelope, _written);
        return _written.WrittenCount;
    }

    [Benchmark]
    public int EncodeJson()
    {
        _written.ResetWrittenCount();
        JsonCodec.Encode(_envelope, _written);
        return _written.WrittenCount;
    }

    private byte[] Write(Action<Envelope, IBufferWriter<byte>> encode)
    {
        _written.ResetWrittenCount();
        encode(_envelope, _written);
        return _written.WrittenSpan.ToArray();
    }
}
