using LocalCast.Protocol;

namespace LocalCast.Broadcasting;

/// <summary>
/// Somebody who looks after nodes beside the hub: a supervisor. It is asked who may join, and told who comes and goes.
/// All members are called from the hub's own threads, none under a lock; they must return at once and must not throw.
/// </summary>
/// <remarks>
/// What it is told of one session comes in order: Arrived, then the others, Left last; one event at a time over all sessions. It may call the broadcaster from within.
/// A <c>tag</c> is the keeper's own number for an instance: 0 for a participant that is not its own.
/// </remarks>
public interface INodeKeeper
{
    /// <summary>The methods of the agent that it answers, for the error that lists them.</summary>
    IReadOnlyCollection<string> Methods { get; }

    /// <summary>Judges a hello before the name is claimed. Whoever it welcomes may still not get in: it has joined when <see cref="Arrived"/> says so.</summary>
    /// <param name="name">The name that is claimed.</param>
    /// <param name="pid">The process at the other end as the system knows it; <see langword="null"/> where it cannot tell.</param>
    /// <param name="token">What the hello said of its instance.</param>
    Admission Admit(string name, int? pid, string? token);

    /// <summary>A participant has joined. For a successor that stands by: it is connected, without its name.</summary>
    void Arrived(NodeDescription node, long tag);

    /// <summary>A node serves from now on; also a successor.</summary>
    void Ready(string name, long tag);

    /// <summary>A participant is gone.</summary>
    void Left(string name, long tag, ErrorInfo reason);

    /// <summary>It answered <c>Broadcaster.Ping</c>.</summary>
    void Ponged(string name, long tag);

    /// <summary>It asks for more time to stop.</summary>
    void Extended(string name, long tag, TimeSpan more);

    /// <summary>It said, when asked to stop, that it does not know how.</summary>
    void CannotStop(string name, long tag);

    /// <summary>It has no call in flight; told once after <c>Broadcaster.WatchDrain</c>.</summary>
    void Drained(string name, long tag);

    /// <summary>Somebody calls or requires a node that is not there, or not ready.</summary>
    /// <param name="name">The node.</param>
    /// <param name="by">Who wants it.</param>
    WakeAnswer Wake(string name, string by);

    /// <summary>Says why a node is not there, or not ready, and does nothing about it; <see langword="null"/> when the keeper does not know the node.</summary>
    string? Explain(string name);

    /// <summary>Somebody calls the agent by a method that the hub does not know, or by <c>ps</c>. Answered through the call, at once or later.</summary>
    /// <returns>Whether the method is known.</returns>
    bool TryCall(IAgentCall call);
}

/// <summary>What is to become of a hello.</summary>
/// <param name="Tag">The keeper's number for the participant.</param>
/// <param name="StandsBy">It is let in without its name, which its predecessor still holds.</param>
/// <param name="Refusal">Why it is refused; <see langword="null"/> when it is welcome.</param>
/// <param name="IsProvisional">Whether the keeper is about to know more: the hello waits, and it is asked again, as long as a claim to a held name may take.</param>
public readonly record struct Admission(long Tag, bool StandsBy = false, ErrorInfo? Refusal = null, bool IsProvisional = false);

/// <summary>What a keeper says of a node that somebody wants.</summary>
/// <param name="IsComing">Whether it is worth waiting for: the call is parked until the node is ready, fails, or the caller's time is over.</param>
/// <param name="Reason">Why it is not there, for the error; <see langword="null"/> when the keeper does not know the node.</param>
/// <param name="MayCome">Whether it is on its way, or tried again, whoever wants it: a requirement waits for it within its time, a call does not.</param>
public readonly record struct WakeAnswer(bool IsComing, string? Reason, bool MayCome = false);

/// <summary>A call to the agent itself. To be answered once, from any thread.</summary>
public interface IAgentCall
{
    /// <summary>Who calls.</summary>
    string Caller { get; }

    /// <summary>The method.</summary>
    string Method { get; }

    /// <summary>The arguments: a JSON array, or empty.</summary>
    ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>How long the caller waits.</summary>
    TimeSpan TimeLeft { get; }

    /// <summary>Cancelled when nobody waits for the answer any more.</summary>
    CancellationToken Cancellation { get; }

    /// <summary>Answers with a JSON value.</summary>
    void Complete(ReadOnlyMemory<byte> json);

    /// <summary>Answers with an error.</summary>
    void Fail(ErrorInfo error);
}
