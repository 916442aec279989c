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

        // The hub saw the channel only. What somebody's handler says of another node stays as it is.
        bool isOfTarget = error.Code == LocalCastError.NodeNotFound && Target.Length > 0
            && error.Message.Contains(Channel.OfAddress(Target).ToString(), StringComparison.Ordinal);
        return new LocalCastException(isOfTarget ? error with { Message = $"no node is named '{Target}'" } : error);
    }
}
