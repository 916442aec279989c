using System.IO.Pipelines;

namespace LocalCast.Internal;

/// <summary>
/// Reads a connection whose reads block, with two threads that take turns. The one that reads a lone answer or a lone call first hands
/// reading over to the other, and then runs it itself: no wake-up stands between the socket and the one who waits, and user code never holds
/// up the reading. When the other is busy, or more than one thing came, the work goes to the thread pool.
/// </summary>
internal sealed class ThreadedReader(LinkSession session) : LinkReader(session)
{
    private const int Threads = 2;
    private const int StackBytes = 1024 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _turn = new();
    private bool _isReading;
    private bool _hasEnded;
    private int _standingBy;
    private int _running = Threads;

    public override Task RunAsync()
    {
        for (int i = 0; i < Threads; i++)
        {
            new Thread(Run, StackBytes) { IsBackground = true, Name = $"localcast {Session.Node.Name}" }.Start();
        }

        return _ended.Task;
    }

    private void Run()
    {
        while (TryTakeTurn())
        {
            if (!ReadUntilTurnIsOver())
            {
                PassTurn(hasEnded: true);
            }
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            Input.Complete();
            _ended.SetResult();
        }
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
            Monitor.Pulse(_turn);
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
                IThreadPoolWorkItem item = Work[0];
                PassTurn(hasEnded: false);
                item.Execute();
                return true;
            }

            QueueWork();
            if (!goesOn)
            {
                return false;
            }
        }
    }

    private ReadResult Read()
    {
        ValueTask<ReadResult> read = Input.ReadAsync(); // blocks until something came
        return read.IsCompletedSuccessfully ? read.Result : new ReadResult(default, isCanceled: false, isCompleted: true);
    }
}
