using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// The one thread that starts, watches and reads all processes. It sleeps until a process ends, prints, or somebody posts something; no
/// timer wakes it. It has to live as long as the processes: a parent-death signal comes when the thread ends that started them.
/// </summary>
internal sealed partial class ProcessThread
{
    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly List<ChildProcess> _children = [];
    private readonly List<ChildProcess> _draining = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AgentGuard _guard;
    private readonly ILogger _logger;
    private readonly WakeUp _wakeUp = new();
    private IWatched[] _watched = [];
    private LinuxCalls.PollEntry[] _entries = [];
    private bool _isChanged = true;
    private bool _isStopping;
    private bool _isStopped;

    public ProcessThread(AgentGuard guard, ILogger logger)
    {
        _guard = guard;
        _logger = logger;
        Sweeper = new Sweeper(this, logger);
        var thread = new Thread(Run) { Name = "processes", IsBackground = true };
        thread.Start();
    }

    /// <summary>What one reading may take in a round: none starves the others.</summary>
    public static byte[] Buffer => _buffer ??= new byte[64 * 1024];

    /// <summary>The files that processes write to which survive the agent.</summary>
    public FileChanges Files { get; } = new();

    public Sweeper Sweeper { get; }

    public Task Ended => _ended.Task;

    /// <summary>Has something done on the thread. Nothing happens once it stopped.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _wakeUp.Ring();
    }

    public void Watch(ChildProcess child)
    {
        _children.Add(child);
        _isChanged = true;
        if (!child.Survives)
        {
            _guard.Add(child.Identity);
        }
    }

    public void Drain(ChildProcess child)
    {
        _draining.Add(child);
        _isChanged = true;
    }

    /// <summary>Ends the thread, and leaves to the guard what is still there.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Kills what does not survive the agent, and stops when it is gone.</summary>
    public void KillAndStop()
    {
        _isStopping = true;
        foreach (ChildProcess child in _children.Where(child => !child.Survives))
        {
            child.Kill();
        }
    }

    private void Run()
    {
        try
        {
            while (!_isStopped)
            {
                BuildWhatIsWatched();
                Wait(_draining.Count > 0 || Files.HasMore ? 0 : -1);
                TellWhatIsReady();
                Try(Files.ReadRound);
                DrainRound();
                while (!_isStopped && _posted.TryDequeue(out Action? action))
                {
                    Try(action);
                }

                Sweeper.Start(_children);
                TellGuard();
                _isStopped |= _isStopping && _children.TrueForAll(child => child.Survives);
            }

            EndGuard();
            _children.ForEach(child => child.LetGo());
            Files.Close();
            _wakeUp.Close();
            _ended.SetResult();
        }
        catch (Exception e)
        {
            LogDied(_logger, e);
            _ended.SetException(e);
        }
    }

    private void BuildWhatIsWatched()
    {
        if (!_isChanged)
        {
            return;
        }

        // Ends first: what floods the agent with output delays no exit.
        _watched =
        [
            _wakeUp,
            _guard,
            .. _children.Where(child => !child.IsEnding),
            Files,
            .. _children.Where(child => !child.IsEnding).SelectMany(child => child.Outputs.OfType<IWatched>()),
        ];
        _entries = Array.ConvertAll(_watched, watched => new LinuxCalls.PollEntry { Descriptor = watched.Descriptor, Wanted = LinuxCalls.Readable });
        _isChanged = false;
    }

    private unsafe void Wait(int timeout)
    {
        fixed (LinuxCalls.PollEntry* entries = _entries)
        {
            if (LinuxCalls.Poll(entries, (nuint)_entries.Length, timeout) >= 0)
            {
                return;
            }
        }

        // Interrupted, or out of memory for a moment: what the entries hold is of an earlier round.
        foreach (ref LinuxCalls.PollEntry entry in _entries.AsSpan())
        {
            entry.Got = 0;
        }
    }

    private void TellWhatIsReady()
    {
        for (int i = 0; i < _watched.Length; i++)
        {
            IWatched watched = _watched[i];
            if (_entries[i].Got != 0 && watched.Descriptor >= 0)
            {
                Try(watched.OnReady);
                _isChanged |= watched.Descriptor != _entries[i].Descriptor;
            }
        }
    }

    private void DrainRound()
    {
        for (int i = _draining.Count - 1; i >= 0; i--)
        {
            ChildProcess child = _draining[i];
            bool isDone = false;
            bool isBroken = !Try(() => isDone = child.DrainSome());
            if (isBroken)
            {
                // What it printed last may be lost; that it ended must not be.
                Try(child.LetGo);
                Try(child.TellEnd);
            }

            if (isDone || isBroken)
            {
                _draining.RemoveAt(i);
                _ = _children.Remove(child);
                _guard.Remove(child.Identity);
                _isChanged = true;
            }
        }
    }

    private void TellGuard()
    {
        int before = _guard.Descriptor;
        Try(_guard.Tell);
        _isChanged |= _guard.Descriptor != before;
    }

    private void EndGuard()
    {
        if (_children.TrueForAll(child => child.Survives))
        {
            _guard.Dismiss();
        }
        else
        {
            _guard.LetGo();
        }
    }

    /// <returns>Whether it went well.</returns>
    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e)
        {
            // Of a listener. One that fails must not end the watch over all others.
            LogFailed(_logger, e);
            return false;
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "What heard of a process failed", EventName = "ProcessListenerFailed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(3202, LogLevel.Critical, "The thread of processes died: no node is watched any more", EventName = "ProcessThreadDied")]
    private static partial void LogDied(ILogger logger, Exception exception);
}
