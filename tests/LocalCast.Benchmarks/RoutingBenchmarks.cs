using BenchmarkDotNet.Attributes;
using LocalCast.Broadcasting;
using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Benchmarks;

/// <summary>What the broadcaster does for a call and its result, and for a publication, without any transport.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private readonly Hub _hub = new(new BroadcasterOptions(), TimeProvider.System, NullLogger.Instance);
    private readonly LastFrameConnection _toCaller = new();
    private readonly LastFrameConnection _toCallee = new();
    private Participant _caller = null!;
    private Participant _callee = null!;
    private byte[] _call = [];
    private byte[] _result = [];
    private byte[] _publication = [];

    [GlobalSetup]
    public void Setup()
    {
        _caller = new Participant(_hub, _toCaller, "caller", 1);
        _callee = new Participant(_hub, _toCallee, "callee", 2);
        _call = Frames.Encode(new Envelope { Type = MessageType.Call, Id = "1", To = Channel.OfName("callee").ToString(), Method = "echo", DeadlineMs = 30_000, PayloadKind = PayloadKind.Bytes, Payload = new byte[64] });
        _result = Frames.Encode(new Envelope { Type = MessageType.Result, ReplyTo = "1", PayloadKind = PayloadKind.Bytes, Payload = new byte[64] });
        _publication = Frames.Encode(new Envelope { Type = MessageType.Publish, Topic = "sensors.kitchen.temp", Mode = PublishMode.All, PayloadKind = PayloadKind.Bytes, Payload = new byte[64] });
        _callee.Route(Frames.Encode(new Envelope { Type = MessageType.Subscribe, Topic = "sensors.>" }));
    }

    [Benchmark(Baseline = true)]
    public void CallAndResult()
    {
        _caller.Route(_call);
        _toCallee.LastSequence.CopyTo(_result.AsSpan(PacketHeader.SequenceOffset));
        _callee.Route(_result);
    }

    [Benchmark]
    public void Publish() => _caller.Route(_publication);
}
