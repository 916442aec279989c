using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A publication that was received.</summary>
/// <typeparam name="T">What the subscriber expects.</typeparam>
public readonly struct TopicMessage<T>
{
    private readonly T _data;
    private readonly MessageOrigin _origin;
    private readonly MessageNote? _note;

    internal TopicMessage(MessageOrigin origin, T data, MessageNote? note) => (_origin, _data, _note) = (origin, data, note);

    /// <summary>The topic, without wildcards.</summary>
    public string Topic => _origin.Topic;

    /// <summary>Who published it, as the agent vouches for it.</summary>
    public string From => _origin.From;

    /// <summary>How many messages this subscription has lost just before this one, because it was read too slowly.</summary>
    public long Missed => _note?.Missed ?? 0;

    /// <summary>What was published.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when it is not a <typeparamref name="T"/>.</exception>
#pragma warning disable CA1065 // reading a value that is none is the reader's error, at the moment of reading; the other messages are not harmed
    public T Data => _note?.Problem is { } problem ? throw new LocalCastException(problem) : _data;
#pragma warning restore CA1065
}
