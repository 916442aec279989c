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
    private readonly SupervisorMachine _machine;
    private readonly Action<Effect> _execute;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly ConcurrentQueue<Action<SupervisorMachine, TimeSpan>> _inputs = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Action> _answers = [];
    private readonly ITimer _timer;
    private Task? _running;

    public SupervisorLoop(SupervisorMachine machine, Action<Effect> execute, TimeProvider timeProvider, ILogger logger)
    {
        (_machine, _execute, _timeProvider, _logger) = (machine, execute, timeProvider, logger);
        _start = timeProvider.GetTimestamp();
        StartedAt = timeProvider.GetUtcNow();
        _timer = timeProvider.CreateTimer(_ => Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after each turn, on the loop.</summary>
    public event Action<SupervisorMachine>? TurnEnded;

    /// <summary>The wall clock at the machine's zero.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The machine's time.</summary>
    public TimeSpan Now => _timeProvider.GetElapsedTime(_start);

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Has something said to the machine.</summary>
    public void Post(Action<SupervisorMachine, TimeSpan> input)
    {
        _inputs.Enqueue(input);
        Signal();
    }

    /// <summary>Has something asked of the machine. Answered when the views show what came of it.</summary>
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
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _signal.Writer.TryComplete();
        await (_running ?? Task.CompletedTask).ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private void Signal() => _signal.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (await _signal.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _signal.Reader.TryRead(out _);
            Turn();
        }
    }

    private void Turn()
    {
        while (_inputs.TryDequeue(out Action<SupervisorMachine, TimeSpan>? input))
        {
            Step(input);
        }

        Step((machine, now) => machine.Tick(now));
        TurnEnded?.Invoke(_machine);
        foreach (Action answer in _answers)
        {
            answer();
        }

        _answers.Clear();
        if (_machine.NextDue is { } due)
        {
            TimeSpan left = due - Now;
            _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Step(Action<SupervisorMachine, TimeSpan> input)
    {
        try
        {
            input(_machine, Now);
        }
        catch (Exception e)
        {
            SupervisorLog.Defect(_logger, e); // one node's trouble must not stop the others from being looked after
        }

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
}
