using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>One subscription of this node: a pattern and a queue.</summary>
internal abstract class Subscription(string pattern)
{
    public string Pattern { get; } = pattern;

    /// <summary>Whether its reader is so far behind that nothing waits for it any more.</summary>
    public bool IsLagging { get; set; }

    public abstract bool IsFull { get; }

    /// <summary>Whether at least half of the room is free again.</summary>
    public abstract bool HasCaughtUp { get; }

    /// <summary>Takes a message in, on the reading thread.</summary>
    /// <returns>Whether there was room.</returns>
    public abstract bool Deliver(PayloadKind kind, ReadOnlySpan<byte> payload, MessageOrigin origin, NodeJson json);

    /// <summary>The batch is over: wakes the reader.</summary>
    public abstract void Commit();

    public abstract void Miss();

    public abstract void Complete(Exception? failure);
}

/// <summary>A subscription whose messages are read as a type.</summary>
internal sealed class Subscription<T>(string pattern, int mostMessages, int mostBytes) : Subscription(pattern)
{
    public BatchQueue<TopicMessage<T>> Queue { get; } = new(mostMessages, mostBytes);

    public override bool IsFull => Queue.IsFull;

    public override bool HasCaughtUp => Queue.HasCaughtUp;

    public override bool Deliver(PayloadKind kind, ReadOnlySpan<byte> payload, MessageOrigin origin, NodeJson json)
    {
        T data = default!;
        ErrorInfo? problem = null;
        try
        {
            data = json.Read<T>(kind, payload);
        }
        catch (Exception e) // whatever the user's own constructors and converters throw, too
        {
            problem = new ErrorInfo(LocalCastError.BadRequest, $"what '{origin.From}' published on '{origin.Topic}' is not a {typeof(T).Name}: {e.Message}");
        }

        long missed = Queue.TakeMissed();
        return Queue.TryAdd(new TopicMessage<T>(origin, data, missed == 0 && problem is null ? null : new MessageNote(problem, missed)), payload.Length);
    }

    public override void Commit() => Queue.Commit();

    public override void Miss() => Queue.Miss();

    public override void Complete(Exception? failure) => Queue.Complete(failure);
}
