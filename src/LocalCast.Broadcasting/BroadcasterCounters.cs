namespace LocalCast.Broadcasting;

/// <summary>What a broadcaster counted since it began. Every message that does not arrive is in one of these.</summary>
public sealed class BroadcasterCounters
{
    private long _droppedPublications;
    private long _lateAnswers;
    private long _droppedParticipants;
    private long _refusedHellos;
    private long _malformedFrames;

    /// <summary>Publications that one subscriber did not get because its queue was full.</summary>
    public long DroppedPublications => Volatile.Read(ref _droppedPublications);

    /// <summary>Answers that nobody waited for any more.</summary>
    public long LateAnswers => Volatile.Read(ref _lateAnswers);

    /// <summary>Participants dropped because they did not read or did not answer.</summary>
    public long DroppedParticipants => Volatile.Read(ref _droppedParticipants);

    /// <summary>Sessions that never got in.</summary>
    public long RefusedHellos => Volatile.Read(ref _refusedHellos);

    /// <summary>Frames that could not be read; each ended its session.</summary>
    public long MalformedFrames => Volatile.Read(ref _malformedFrames);

    internal void CountDroppedPublication() => Interlocked.Increment(ref _droppedPublications);

    internal void CountLateAnswer() => Interlocked.Increment(ref _lateAnswers);

    internal void CountDroppedParticipant() => Interlocked.Increment(ref _droppedParticipants);

    internal void CountRefusedHello() => Interlocked.Increment(ref _refusedHellos);

    internal void CountMalformedFrame() => Interlocked.Increment(ref _malformedFrames);
}
