using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>The one place that drives the machine: inputs one after the other, their effects done, time passed on, views published.</summary>
/// <remarks>
/// The queue of inputs has no bound of its own; what posts to it has: sessions, processes and operators' requests are each limited,
/// a wish to wake a node is posted once until it is heard, and what nodes print never comes here.
/// </remarks>
internal sealed class SupervisorLoop : IAsyncDisposable
{
    private static readonly TimeSpan _longestSleep = TimeSpan.FromHours(1); // a timer takes no more than some weeks, and waking up in vain costs nothing

    private readonly SupervisorMachine _machine;
    private readonly Action<Effect> _execute;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly ConcurrentQueue<Action<SupervisorMachine, TimeSpan>> _inputs = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Action> _answers = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _hasEnded;
    private readonly ITimer _timer;
    private Task? _running;

    public SupervisorLoop(SupervisorMachine machine, Action<Effect> execute, TimeProvider timeProvider, ILogger logger)
    {
        (_machine, _execute, _timeProvider, _logger) = (machine, execute, timeProvider, logger);
        _start = timeProvider.GetTimestamp();
        StartedAt = timeProvider.GetUtcNow();
        _hasEnded = _ending.Token; // outlives its source: whoever asks later is to be told, too
        _timer = timeProvider.CreateTimer(_ => Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after each turn, on the loop.</summary>
    public event Action<SupervisorMachine>? TurnEnded;

    /// <summary>The wall clock at the machine's zero.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The machine's time.</summary>
    public TimeSpan Now => _timeProvider.GetElapsedTime(_start);

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Has something said to the machine. What is said after the end is not heard.</summary>
    public void Post(Action<SupervisorMachine, TimeSpan> input)
    {
        _inputs.Enqueue(input);
        Signal();
    }

    /// <summary>Has something asked of the machine. Answered when the views show what came of it; cancelled when the loop has ended.</summary>
    public Task<T> AskAsync<T>(Func<SupervisorMachine, TimeSpan, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post((machine, now) =>
        {
            try
            {
                T result = question(machine, now);
                _answers.Add(() => answer.SetResult(result));
            }
            catch (Exception e)
            {
                answer.SetException(e);
                throw;
            }
        });
        return answer.Task.WaitAsync(_hasEnded);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_signal.Writer.TryComplete())
        {
            return; // it ends already
        }

        await (_running ?? Task.CompletedTask).ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private void Signal() => _signal.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (await _signal.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _signal.Reader.TryRead(out _);
            Turn();
        }

        Turn(); // what was said before the end is heard
    }

    private void Turn()
    {
        while (_inputs.TryDequeue(out Action<SupervisorMachine, TimeSpan>? input))
        {
            Step(input);
        }

        Step((machine, now) => machine.Tick(now));
        Guard(() => TurnEnded?.Invoke(_machine));
        foreach (Action answer in _answers)
        {
            answer();
        }

        _answers.Clear();
        SetTimer();
    }

    private void SetTimer()
    {
        if (_machine.NextDue is not { } due)
        {
            return;
        }

        // Rounded up: a timer counts whole milliseconds, and one that is early by a part of one would go off again and again until then.
        TimeSpan left = TimeSpan.FromMilliseconds(Math.Ceiling((due - Now).TotalMilliseconds));
        _timer.Change(left <= TimeSpan.Zero ? TimeSpan.Zero : left < _longestSleep ? left : _longestSleep, Timeout.InfiniteTimeSpan);
    }

    private void Step(Action<SupervisorMachine, TimeSpan> input)
    {
        Guard(() => input(_machine, Now));
        while (_machine.TryTakeEffect(out Effect? effect))
        {
            try
            {
                _execute(effect);
            }
            catch (Exception e)
            {
                SupervisorLog.EffectFailed(_logger, effect.GetType().Name, effect.Node, e);
            }
        }
    }

    // One node's trouble, or one listener's, must not stop the others from being looked after.
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            SupervisorLog.Defect(_logger, e);
        }
    }
}
