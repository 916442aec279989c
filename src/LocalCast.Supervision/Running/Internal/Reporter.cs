using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>Tells of transitions: the log, the history, everybody who listens. Beside the loop, because none of these may hold up the nodes.</summary>
internal sealed class Reporter : IAsyncDisposable
{
    private const int MostQueued = 65_536;

    private readonly HistoryFiles _history;
    private readonly INodeBus _bus;
    private readonly ILogger _logger;
    private readonly Func<TimeSpan, DateTimeOffset> _timeOf;
    private readonly Channel<Effect.Report> _queue = Channel.CreateBounded<Effect.Report>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private readonly Task _telling;
    private readonly List<Effect.Report> _held = [];
    private int _lost;

    public Reporter(HistoryFiles history, INodeBus bus, Func<TimeSpan, DateTimeOffset> timeOf, ILogger logger)
    {
        (_history, _bus, _timeOf, _logger) = (history, bus, timeOf, logger);
        _telling = Task.Run(TellAsync);
    }

    /// <summary>Has a transition told once it is released. On the loop.</summary>
    public void Post(Effect.Report report) => _held.Add(report);

    /// <summary>Has what was posted told soon: the views show it by now, so that whoever hears of it and looks sees it. On the loop; never blocks.</summary>
    public void Release()
    {
        foreach (Effect.Report report in _held)
        {
            if (!_queue.Writer.TryWrite(report))
            {
                Interlocked.Increment(ref _lost);
            }
        }

        _held.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _telling.ConfigureAwait(false);
    }

    private async Task TellAsync()
    {
        await foreach (Effect.Report report in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and int lost)
            {
                SupervisorLog.ReportsLost(_logger, lost);
            }

            try
            {
                Tell(report);
            }
            catch (Exception e)
            {
                SupervisorLog.EffectFailed(_logger, nameof(Effect.Report), report.Node, e); // the next one may be told better
            }
        }
    }

    private void Tell(Effect.Report report)
    {
        Transition transition = report.Transition;
        string state = transition.State.ToString(); // as text: of a value type the log would have code of its own, to be compiled first
        if (report.IsLoud)
        {
            SupervisorLog.LoudTransition(_logger, report.Node, state, transition.Cause, transition.By);
        }
        else if (transition.Cause == state)
        {
            SupervisorLog.PlainTransition(_logger, report.Node, state, transition.By);
        }
        else
        {
            SupervisorLog.Transition(_logger, report.Node, state, transition.Cause, transition.By);
        }

        _history.Append(report.Node, new HistoryEntry(_timeOf(transition.At), transition.State, transition.Cause, transition.By));
        _bus.Announce(report.Node, transition, report.IsLoud);
    }
}
