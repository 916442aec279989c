namespace LocalCast.Protocol;

/// <summary>The types of messages. The numbers are those of the binary packet.</summary>
public enum MessageType : byte
{
    /// <summary>Not a message.</summary>
    None = 0,

    /// <summary>First frame of a session: who I am.</summary>
    Hello = 1,

    /// <summary>The answer to <see cref="Hello"/>: you are in.</summary>
    HelloAck = 2,

    /// <summary>The reason before an intended close.</summary>
    Goodbye = 3,

    /// <summary>Keep-alive: are you there?</summary>
    PingRequest = 4,

    /// <summary>Keep-alive: I am, with the nonce of the request.</summary>
    PingResponse = 5,

    /// <summary>Discovery: who is there?</summary>
    Ping = 6,

    /// <summary>Discovery: I am, with my description.</summary>
    Pong = 7,

    /// <summary>A function call.</summary>
    Call = 8,

    /// <summary>The one answer to a call.</summary>
    Result = 9,

    /// <summary>Wait until the named nodes are ready.</summary>
    Require = 10,

    /// <summary>They are, or an error that names the missing ones.</summary>
    Required = 11,

    /// <summary>Receive a topic from now on.</summary>
    Subscribe = 12,

    /// <summary>Receive it no more.</summary>
    Unsubscribe = 13,

    /// <summary>A message on a topic.</summary>
    Publish = 14,

    /// <summary>Done, or received.</summary>
    Ack = 15,

    /// <summary>The agent asks a node to end by a deadline.</summary>
    Shutdown = 16,

    /// <summary>The node asks for more time to end.</summary>
    Extend = 17,

    /// <summary>Which agents do you know?</summary>
    AddrRequest = 18,

    /// <summary>The answer to <see cref="AddrRequest"/>.</summary>
    AddrList = 19,

    /// <summary>An agent is reachable here.</summary>
    AddrAnnounce = 20,

    /// <summary>My state document has this number.</summary>
    StateSeq = 21,

    /// <summary>Send me your state document.</summary>
    StateRequest = 22,

    /// <summary>A state document.</summary>
    State = 23,

    /// <summary>The caller gave up on a call.</summary>
    Cancel = 24,

    /// <summary>Any other type, spelled out; delivered to the addressed channel.</summary>
    Other = 255,
}
