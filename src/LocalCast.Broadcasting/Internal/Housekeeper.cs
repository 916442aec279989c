using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>What time sets off: deadlines, keep-alive, claims to names, participants that do not read. It asks the passive machines and does what they say.</summary>
internal sealed class Housekeeper : IAsyncDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan _restingPeriod = TimeSpan.FromMilliseconds(250); // nothing waits for its time: sessions are looked at a few times a second only

    private readonly Hub _hub;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private bool _isResting;
    private bool _isStopped;
    private TimeSpan _last;

    public Housekeeper(Hub hub)
    {
        _hub = hub;
        _timer = hub.TimeProvider.CreateTimer(static self => ((Housekeeper)self!).Run(), this, _period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something may wait for its time from now on, and then the next look must come soon. Cheap; called after every batch of frames.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier(); // what was added is seen before it is asked whether anybody rests
        if (_isResting && _hub.HasDeadlines)
        {
            lock (_lock)
            {
                if (_isResting && !_isStopped)
                {
                    _isResting = false;
                    _timer.Change(_period, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    // One at a time: the timer is set again only at the end.
    private void Run()
    {
        bool isBusy = true;
        try
        {
            isBusy = Tick();
        }
        catch (Exception e)
        {
            HubLog.HousekeepingDefect(_hub.Logger, e); // must go on: every deadline depends on it
        }

        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            // Says first that it rests and looks then: whoever adds a deadline does it the other way round, so that one of the two sees the other.
            Volatile.Write(ref _isResting, !isBusy);
            Interlocked.MemoryBarrier();
            if (_isResting && _hub.HasDeadlines)
            {
                _isResting = false;
            }

            _timer.Change(_isResting ? _restingPeriod : _period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <returns>Whether anything waits for its time, so that the next look must come soon.</returns>
    private bool Tick()
    {
        TimeSpan now = _hub.Now;
        TimeSpan lateBy = now - _last - (_restingPeriod * 4);
        _last = now;
        _hub.HasNewCalls = false; // those that came before now are seen below
        bool isBusy = _hub.HasDeadlines;
        foreach (Session session in _hub.Sessions.All)
        {
            isBusy |= TryLook(session, now, lateBy);
        }

        Guarded.Run(_hub, () => _hub.Pings.Expire(now));
        Guarded.Run(_hub, () => _hub.Requires.Expire(now));
        Guarded.Run(_hub, () => _hub.Parking.Ends.Expire(now));
        Guarded.Run(_hub, () => _hub.AgentCalls.Expire(now));
        Guarded.Run(_hub, () => _hub.Reception.SettleClaims(now));
        return isBusy;
    }

    private bool TryLook(Session session, TimeSpan now, TimeSpan lateBy)
    {
        try
        {
            return Look(session, now, lateBy);
        }
        catch (Exception e)
        {
            HubLog.HousekeepingDefect(_hub.Logger, e); // the others are looked at all the same
            return false;
        }
    }

    private bool Look(Session session, TimeSpan now, TimeSpan lateBy)
    {
        if (session.CloseReason is not null)
        {
            return false; // it is judged already
        }

        if (session.Member is null)
        {
            if (now - session.StartedAt >= _hub.Options.HelloTimeout)
            {
                _hub.Counters.CountRefusedHello();
                session.Close(new ErrorInfo(LocalCastError.Timeout, $"no hello within {_hub.Options.HelloTimeout.TotalSeconds:0.#} s"));
            }

            return false;
        }

        if (session.IsUplink)
        {
            session.StallsNobody &= session.Outbox.IsCongested;
            _hub.Calls.Expire(session, now);
            return session.HasCalls; // it is part of the agent: it is not asked whether it lives
        }

        session.KeepAlive.Heard(session.LastReceived);
        switch (session.KeepAlive.Tick(now, lateBy))
        {
            case KeepAliveAction.SendPing:
                session.Sender.SendNow(AgentWords.Probe(), urgent: true);
                break;
            case KeepAliveAction.Close:
                Drop(session, new ErrorInfo(LocalCastError.Timeout, $"silent for {(now - session.LastReceived).TotalSeconds:0} s, keep-alive not answered"));
                break;
            case KeepAliveAction.None:
            default:
                break;
        }

        bool hasCalls = session.HasCalls;
        if (hasCalls)
        {
            session.LastCalled = now;
            _hub.Calls.Expire(session, now);
        }

        return JudgeReading(session, now) | _hub.Orders.LookWhetherDrained(session) | hasCalls;
    }

    private bool JudgeReading(Session session, TimeSpan now)
    {
        bool isCongested = session.Outbox.IsCongested;
        if (!isCongested)
        {
            session.StallsNobody = false; // also when it fell behind and caught up since the last look
        }

        if (!isCongested && session.SlowReader is null)
        {
            return false;
        }

        session.SlowReader ??= new SlowReader(_hub.Options.TellSlowAfter, _hub.Options.DropSlowAfter);
        switch (session.SlowReader.Judge(now, isCongested, session.HasOverflowed))
        {
            case SlowReaderAction.None:
                session.StallsNobody = false;
                session.SlowReader = null;
                break;
            case SlowReaderAction.Tell:
                HubLog.Slow(_hub.Logger, session.Id, session.Member!.Name, session.Outbox.QueuedBytes);
                session.Sender.SendNow(Notice($"you are behind: {session.Outbox.QueuedBytes} bytes wait for you; read them, or be dropped"), urgent: true);
                break;
            case SlowReaderAction.Drop:
                Drop(session, new ErrorInfo(LocalCastError.Busy, $"it did not read: {session.Outbox.QueuedBytes} bytes waited for it"));
                break;
            case SlowReaderAction.Slow:
            default:
                break;
        }

        session.HasOverflowed = false;
        return true;
    }

    private void Drop(Session session, ErrorInfo reason)
    {
        _hub.Counters.CountDroppedParticipant();
        session.Close(reason);
    }

    private static Envelope Notice(string message) => new()
    {
        Type = MessageType.Other,
        TypeName = "notice",
        From = NodeName.Agent,
        Error = new ErrorInfo(LocalCastError.Busy, message),
    };
}
