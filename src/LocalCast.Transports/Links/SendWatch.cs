namespace LocalCast.Transports;

/// <summary>Tells a peer that reads slowly from one that does not. Passive: it is asked now and then.</summary>
internal sealed class SendWatch(TimeSpan limit)
{
    private long _written;
    private TimeSpan? _since;

    /// <summary>Whether something waited and nothing was taken for as long as is allowed.</summary>
    public bool IsStuck(int queuedBytes, long writtenBytes, TimeSpan now)
    {
        if (queuedBytes == 0 || writtenBytes != _written || _since is null)
        {
            (_written, _since) = (writtenBytes, queuedBytes == 0 ? null : now);
            return false;
        }

        return now - _since >= limit;
    }
}
