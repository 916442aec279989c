using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>What the agent says to a session of its own accord.</summary>
internal static class AgentWords
{
    public static Envelope HelloAck(Hub hub, Session session, Member member)
    {
        var ack = new HelloAck
        {
            Protocol = ProtocolVersion.Newest,
            Agent = hub.Agent,
            Session = session.Id,
            Channel = member.Channel.ToString(),
            Limits = new SessionLimits
            {
                MaxFrameBytes = hub.Options.Protocol.MaxFrameBytes,
                MaxQueuedBytes = hub.Options.MaxQueuedBytes,
                MaxCalls = hub.Options.MaxCalls,
                MaxSubscriptions = hub.Options.MaxSubscriptions,
                MaxFramesPerSecond = hub.Options.MaxFramesPerSecond,
            },
        };
        return new Envelope
        {
            Type = MessageType.HelloAck,
            From = NodeName.Agent,
            PayloadKind = PayloadKind.Json,
            Payload = SessionSender.Json(ack, ControlJson.Default.HelloAck),
        };
    }

    /// <summary>Asks whether it is there.</summary>
    public static Envelope Probe() => new()
    {
        Type = MessageType.PingRequest,
        From = NodeName.Agent,
        PayloadKind = PayloadKind.Json,
        Payload = SessionSender.Json(new NonceData { Nonce = Random.Shared.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) }, ControlJson.Default.NonceData),
    };
}
