namespace LocalCast.Protocol;

/// <summary>Everything that can go wrong, by name. The list is closed: a failure that fits nothing else is <see cref="Internal"/>.</summary>
/// <remarks>The numbers travel on the wire and never change. 100 and above are those of AMOP.</remarks>
public enum LocalCastError
{
    /// <summary>The message, the manifest or the argument does not make sense.</summary>
    BadRequest = 1,

    /// <summary>The participant has not proved who it is.</summary>
    Unauthorized = 2,

    /// <summary>The participant is known, and not allowed.</summary>
    Forbidden = 3,

    /// <summary>No node has this name.</summary>
    NodeNotFound = 4,

    /// <summary>The node is known but does not serve yet.</summary>
    NodeNotReady = 5,

    /// <summary>The node has no such method.</summary>
    MethodNotFound = 6,

    /// <summary>The method was called and threw.</summary>
    HandlerFailed = 7,

    /// <summary>The deadline passed.</summary>
    Timeout = 8,

    /// <summary>The caller gave up.</summary>
    Cancelled = 9,

    /// <summary>A bound is reached: calls in flight, bytes queued, subscriptions.</summary>
    Busy = 10,

    /// <summary>The message exceeds the frame limit.</summary>
    TooLarge = 11,

    /// <summary>More messages per second than allowed.</summary>
    RateLimited = 12,

    /// <summary>The agent is known but no link leads there now.</summary>
    NoRoute = 13,

    /// <summary>The message passed through more agents than its ttl allows.</summary>
    TtlExpired = 14,

    /// <summary>The other side went away while the call was in flight.</summary>
    Disconnected = 15,

    /// <summary>A live participant holds the name.</summary>
    DuplicateName = 16,

    /// <summary>A live agent holds the node id.</summary>
    DuplicateNode = 17,

    /// <summary>No protocol version that both sides speak.</summary>
    VersionMismatch = 18,

    /// <summary>The other side belongs to another network.</summary>
    NetworkMismatch = 19,

    /// <summary>The clocks differ too much.</summary>
    ClockSkew = 20,

    /// <summary>The agent dialled itself.</summary>
    SelfConnect = 21,

    /// <summary>A defect on our side.</summary>
    Internal = 99,

    /// <summary>Nobody subscribes to the topic.</summary>
    NoSubscriber = 100,

    /// <summary>Subscribers were there, none acknowledged in time.</summary>
    SubscriberTimeout = 102,
}
