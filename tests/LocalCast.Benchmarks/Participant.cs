using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Benchmarks;

/// <summary>A session that has joined, driven by hand.</summary>
internal sealed class Participant
{
    private readonly Hub _hub;
    private readonly Session _session;
    private readonly DeliveryBatch _batch;

    public Participant(Hub hub, IByteConnection connection, string name, int number)
    {
        _hub = hub;
        _session = new Session(hub, connection, number) { IsJson = false };
        _batch = new DeliveryBatch(hub);
        byte[] hello = System.Text.Encoding.UTF8.GetBytes($$"""{"protocol":[1,1],"name":"{{name}}"}""");
        Route(Frames.Encode(new Envelope { Type = MessageType.Hello, PayloadKind = PayloadKind.Json, Payload = hello }));
    }

    /// <summary>Routes one frame as a batch of its own.</summary>
    public void Route(byte[] body)
    {
        _batch.Begin();
        Packet.TryRead(body, out Packet packet, out _);
        _hub.Router.Route(_session, packet, _batch);
        _batch.Flush();
    }
}
