namespace LocalCast.Mesh;

/// <summary>What a message means to a queue that is full.</summary>
public enum LinkTraffic
{
    /// <summary>Results, acknowledgements, state, keep-alive: never dropped. A link that has no room for it is closed.</summary>
    Control,

    /// <summary>A call: refused with <c>Busy</c>.</summary>
    Call,

    /// <summary>A publication: the oldest ones make room.</summary>
    Topic,
}

/// <summary>What became of a message that was to be queued.</summary>
public enum LinkQueueResult
{
    /// <summary>Queued.</summary>
    Queued,

    /// <summary>Queued; three quarters of the room are taken, its producer slows down.</summary>
    Congested,

    /// <summary>Not queued: no room.</summary>
    Full,

    /// <summary>Not queued, and must not be lost: the link is beyond help.</summary>
    Overrun,
}
