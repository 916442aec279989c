using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What time sets off on a connection: overdue answers, calls that waited for their handler, and whether the agent still lives.</summary>
internal sealed class LinkTimer : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _restingPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _answerWithin = TimeSpan.FromSeconds(20);

    private readonly NodeCore _node;
    private readonly ITimer _timer;
    private KeepAlive _keepAlive = new(_idle, _answerWithin);
    private LinkSession? _session;
    private long _seenBytes;
    private bool _isFast;

    public LinkTimer(NodeCore node)
    {
        _node = node;
        _timer = node.Options.TimeProvider.CreateTimer(static state => ((LinkTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches another connection from now on.</summary>
    public void Watch(LinkSession session)
    {
        _keepAlive = new KeepAlive(_idle, _answerWithin);
        _keepAlive.Received(_node.Now);
        _session = session;
        session.OnFirstPending = Quicken;
        Quicken();
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Something waits for its time: look often.</summary>
    private void Quicken()
    {
        if (!Interlocked.Exchange(ref _isFast, true))
        {
            _timer.Change(_period, _period);
        }
    }

    private void Tick()
    {
        if (_session is not { Ended: null } session)
        {
            return;
        }

        TimeSpan now = _node.Now;
        session.Expire(now);
        session.Parked.Retry();
        if (session.ReceivedBatches != _seenBytes)
        {
            _seenBytes = session.ReceivedBatches;
            _keepAlive.Received(now);
        }

        switch (_keepAlive.Tick(now))
        {
            case KeepAliveAction.SendPing:
                Questions.SendPingRequest(session);
                break;
            case KeepAliveAction.Close:
                session.End(new ErrorInfo(LocalCastError.Timeout, "the agent does not answer"));
                break;
            case KeepAliveAction.None:
            default:
                break;
        }

        if (!session.HasPending && !session.Parked.Any)
        {
            Volatile.Write(ref _isFast, false);
            _timer.Change(_restingPeriod, _restingPeriod);
            if (session.HasPending)
            {
                Quicken(); // it came in between
            }
        }
    }
}
