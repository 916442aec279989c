using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A publication that was received.</summary>
/// <typeparam name="T">What the subscriber expects.</typeparam>
public readonly struct TopicMessage<T>
{
    private readonly T _data;
    private readonly ErrorInfo? _problem;

    internal TopicMessage(string topic, string from, T data, ErrorInfo? problem, long missed) =>
        (Topic, From, _data, _problem, Missed) = (topic, from, data, problem, missed);

    /// <summary>The topic, without wildcards.</summary>
    public string Topic { get; }

    /// <summary>Who published it, as the agent vouches for it.</summary>
    public string From { get; }

    /// <summary>How many messages this subscription has lost just before this one, because it was read too slowly.</summary>
    public long Missed { get; }

    /// <summary>What was published.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when it is not a <typeparamref name="T"/>.</exception>
#pragma warning disable CA1065 // reading a value that is none is the reader's error, at the moment of reading; the other messages are not harmed
    public T Data => _problem is null ? _data : throw new LocalCastException(_problem);
#pragma warning restore CA1065
}
