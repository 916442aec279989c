namespace LocalCast.Transports;

/// <summary>What became of a frame that was to be sent.</summary>
public enum OutboxResult
{
    /// <summary>It is queued.</summary>
    Queued,

    /// <summary>It is queued, and the queue is more than three quarters full: whoever can wait, should.</summary>
    Congested,

    /// <summary>It is not queued: there is no room.</summary>
    Full,

    /// <summary>It is not queued: the connection is gone.</summary>
    Closed,
}
