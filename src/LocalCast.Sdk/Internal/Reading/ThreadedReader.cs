using System.IO.Pipelines;

namespace LocalCast.Internal;

/// <summary>
/// Reads a connection whose reads block, with two threads, one of which has the turn. What is read alone is run by the thread that read it,
/// so that no wake-up stands between the socket and the one who waits; but user code never holds up the reading:
/// <list type="bullet">
/// <item>a call is handled after the turn was passed to the other thread;</item>
/// <item>the one who awaits an answer goes on while the turn is lent, and <see cref="TurnWatch"/> takes it away from a thread that keeps it;</item>
/// <item>more than one thing at a time, or anything while no other thread stands by, goes to the thread pool.</item>
/// </list>
/// </summary>
internal sealed class ThreadedReader(LinkSession session) : LinkReader(session)
{
    private const int Threads = 2;
    private const int StackBytes = 1024 * 1024;

    /// <summary>For how many answers the pool is used after one was held up: who does it once tends to do it again.</summary>
    private const int Distrust = 1000;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _turn = new();
    private bool _isReading;
    private bool _hasEnded;
    private int _standingBy;
    private int _distrust;
    private long _lastLoan;
    private long _loan; // 0 when the turn is not lent
    private long _seenLoan; // the watch's own

    public override Task RunAsync()
    {
        for (int i = 0; i < Threads; i++)
        {
            new Thread(Run, StackBytes) { IsBackground = true, Name = $"localcast {Session.Node.Name}" }.Start();
        }

        TurnWatch.Add(this);
        return _ended.Task;
    }

    /// <summary>Takes the turn away from a thread that has kept it since the last time.</summary>
    /// <returns>Whether the turn is lent, or was since the last time.</returns>
    internal bool Watch()
    {
        long loan = Volatile.Read(ref _loan);
        bool isActive = loan != 0 || Volatile.Read(ref _lastLoan) != _seenLoan;
        if (loan != 0 && loan == _seenLoan && Interlocked.CompareExchange(ref _loan, 0, loan) == loan)
        {
            _distrust = Distrust;
            PassTurn(hasEnded: false);
        }

        _seenLoan = loan;
        return isActive;
    }

    private void Run()
    {
        while (TryTakeTurn())
        {
            if (!ReadUntilTurnIsOver())
            {
                End();
            }
        }
    }

    /// <summary>Nothing more will be read. This thread has the turn, so no other one is reading; one that runs user code ends when that lets it.</summary>
    private void End()
    {
        TurnWatch.Remove(this);
        Input.Complete();
        PassTurn(hasEnded: true);
        _ended.SetResult();
    }

    /// <summary>Waits until nobody reads.</summary>
    /// <returns>Whether there is still something to read.</returns>
    private bool TryTakeTurn()
    {
        lock (_turn)
        {
            _standingBy++;
            while (_isReading && !_hasEnded)
            {
                Monitor.Wait(_turn);
            }

            _standingBy--;
            _isReading = true;
            return !_hasEnded;
        }
    }

    private void PassTurn(bool hasEnded)
    {
        lock (_turn)
        {
            _isReading = false;
            _hasEnded |= hasEnded;
            Monitor.PulseAll(_turn);
        }
    }

    /// <returns>Whether there is more to read.</returns>
    private bool ReadUntilTurnIsOver()
    {
        while (true)
        {
            bool goesOn = Take(Read());
            if (goesOn && Work.Count == 1 && Volatile.Read(ref _standingBy) > 0)
            {
                if (!RunAlone(Work[0]))
                {
                    return true;
                }

                continue;
            }

            QueueWork();
            if (!goesOn)
            {
                return false;
            }
        }
    }

    /// <returns>Whether this thread still has the turn.</returns>
    private bool RunAlone(IThreadPoolWorkItem item)
    {
        if (item is not Pending)
        {
            PassTurn(hasEnded: false);
            item.Execute();
            return false;
        }

        if (_distrust > 0)
        {
            _distrust--;
            QueueWork();
            return true;
        }

        long loan = ++_lastLoan;
        Interlocked.Exchange(ref _loan, loan);
        TurnWatch.Wake();
        item.Execute();
        return Interlocked.CompareExchange(ref _loan, 0, loan) == loan;
    }

    private ReadResult Read()
    {
        ValueTask<ReadResult> read = Input.ReadAsync(); // blocks until something came
        return read.IsCompletedSuccessfully ? read.Result : new ReadResult(default, isCanceled: false, isCompleted: true);
    }
}
