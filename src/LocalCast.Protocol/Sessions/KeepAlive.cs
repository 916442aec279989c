namespace LocalCast.Protocol;

/// <summary>What the owner of a session has to do now.</summary>
public enum KeepAliveAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send a <see cref="MessageType.PingRequest"/>.</summary>
    SendPing,

    /// <summary>Close: the other side did not answer in time.</summary>
    Close,
}

/// <summary>
/// Keep-alive of an idle session: after a silence it asks once, and when nothing at all comes for a while after that, the session is dead.
/// Everything that is received counts as life. Passive: it sends nothing and knows no clock.
/// </summary>
public sealed class KeepAlive(TimeSpan idle, TimeSpan answerWithin)
{
    private TimeSpan _lastReceived;
    private TimeSpan? _askedAt;

    /// <summary>When <see cref="Tick"/> has something to do, if nothing comes in until then.</summary>
    public TimeSpan NextDue => _askedAt is { } asked ? asked + answerWithin : _lastReceived + idle;

    /// <summary>A whole frame came in.</summary>
    public void Received(TimeSpan now)
    {
        _lastReceived = now;
        _askedAt = null;
    }

    /// <summary>When the last frame came in, whether or not that was noted before.</summary>
    public void Heard(TimeSpan lastReceived)
    {
        if (lastReceived > _lastReceived)
        {
            Received(lastReceived);
        }
    }

    /// <summary>Time passed. Asked at least a few times per <c>answerWithin</c>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lateBy">By how much the one who asks is itself late: a late agent blames nobody.</param>
    public KeepAliveAction Tick(TimeSpan now, TimeSpan lateBy = default)
    {
        if (_askedAt is { } askedAt)
        {
            if (lateBy > TimeSpan.Zero)
            {
                _askedAt = askedAt + lateBy;
            }

            return now - _askedAt.Value >= answerWithin ? KeepAliveAction.Close : KeepAliveAction.None;
        }

        if (now - _lastReceived < idle)
        {
            return KeepAliveAction.None;
        }

        _askedAt = now;
        return KeepAliveAction.SendPing;
    }
}
