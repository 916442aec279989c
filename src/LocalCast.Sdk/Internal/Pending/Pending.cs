using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Something that was asked and is not answered yet. Whoever takes it out of the table completes it, so it completes once.</summary>
internal abstract class Pending : IThreadPoolWorkItem
{
    /// <summary>Whom it asks, for the words of errors.</summary>
    public string Target { get; set; } = "";

    /// <summary>Whether one answer is all it gets.</summary>
    public virtual bool TakesOneAnswer => true;

    /// <summary>Takes an answer in, on the reading thread; the packet is gone afterwards.</summary>
    public abstract void Accept(in Packet packet);

    /// <summary>Takes a failure in.</summary>
    public abstract void Fail(Exception failure);

    /// <summary>Tells the one who waits. Runs that one's code, so never on the thread that reads.</summary>
    public abstract void Complete();

    void IThreadPoolWorkItem.Execute() => Complete();

    /// <summary>The exception for an error that came as an answer.</summary>
    protected LocalCastException ToException(in Packet packet)
    {
        ErrorInfo error = BinaryCodec.ReadError(packet.Error)!;
        return new LocalCastException(error.Code == LocalCastError.NodeNotFound && WordsForTarget(error.Message) is { } words ? error with { Message = words } : error);
    }

    /// <summary>
    /// The hub saw the channel only, and that of another agent the name before the <c>@</c>: who asked knows what he asked for. What somebody's handler says of
    /// another node stays as it is.
    /// </summary>
    private string? WordsForTarget(string told)
    {
        int at = Target.IndexOf('@', StringComparison.Ordinal);
        string name = at < 0 ? Target : Target[..at];
        bool isOfTarget = told == $"no node is named '{name}'" || told.Contains(Channel.OfAddress(Target).ToString(), StringComparison.Ordinal)
            || (at > 0 && told.Contains(Channel.OfName(name).ToString(), StringComparison.Ordinal));
        return Target.Length == 0 || !isOfTarget ? null : at < 0 ? $"no node is named '{Target}'" : $"the agent '{Target[(at + 1)..]}' has no node '{name}'";
    }
}
