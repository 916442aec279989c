using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>A call or a publication to one of a local participant: whom it may go to, in which order, and what became of the attempts.</summary>
internal sealed class Ask
{
    public required long Request { get; init; }

    /// <summary>The message as the participant sent it.</summary>
    public required Envelope Message { get; init; }

    /// <summary>From whom it is for others: the participant with its agent.</summary>
    public required string From { get; init; }

    public required TimeSpan Deadline { get; init; }

    /// <summary>Where it may go, the best first.</summary>
    public required Queue<MeshAddress> Candidates { get; init; }

    public bool IsPublication => Message.Type == MessageType.Publish;

    /// <summary>Where the current attempt went.</summary>
    public MeshAddress Target { get; set; }

    /// <summary>Until when a way to its target may be waited for.</summary>
    public TimeSpan RouteBy { get; set; }

    /// <summary>Until when it is tried again while this agent sees a way and others on it do not.</summary>
    public TimeSpan AgreeBy { get; set; }

    /// <summary>Where it was to go and did not for want of a way, in the order of the attempts.</summary>
    public List<MeshAddress> WithoutRoute { get; } = [];

    /// <summary>How often it was put off since ways to there changed.</summary>
    public int PutOff { get; set; }

    /// <summary>When the current attempt was sent.</summary>
    public TimeSpan SentAt { get; set; }

    /// <summary>The first link of the current attempt; <see langword="null"/> when it stays on this machine.</summary>
    public PeerLink? Link { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public ErrorInfo? LastError { get; set; }

    /// <summary>The current attempt failed.</summary>
    public void Fail(ErrorInfo error)
    {
        LastError = error;
        if (error.Code == LocalCastError.NoRoute)
        {
            WithoutRoute.Add(Target);
        }
    }

    /// <summary>Errors that say that the call was not executed: another agent may have better luck, and nothing is done twice.</summary>
    public bool MayTryNext(ErrorInfo error) => IsPublication || error.Code is LocalCastError.NoRoute or LocalCastError.TtlExpired
        or LocalCastError.NodeNotFound or LocalCastError.NodeNotReady or LocalCastError.Busy;
}
