namespace LocalCast.Internal;

/// <summary>
/// One thread for all connections of the process that looks every few milliseconds whether somebody keeps a turn that was lent to it, and
/// passes it on. It sleeps while nothing is lent, and nobody has to wake it more often than once in a busy period.
/// </summary>
internal static class TurnWatch
{
    private const int PeriodMs = 2;
    private const int IdlePeriods = 50;

    private static readonly object _lock = new();
    private static readonly List<ThreadedReader> _readers = [];
    private static bool _isRunning;
    private static volatile bool _isAwake;

    public static void Add(ThreadedReader reader)
    {
        lock (_lock)
        {
            _readers.Add(reader);
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "localcast watch" }.Start();
            }
        }
    }

    public static void Remove(ThreadedReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>Has it look from now on. Called after a turn was lent.</summary>
    public static void Wake()
    {
        if (_isAwake)
        {
            return;
        }

        lock (_lock)
        {
            _isAwake = true;
            Monitor.Pulse(_lock);
        }
    }

    private static void Run()
    {
        lock (_lock)
        {
            int idle = 0;
            while (true)
            {
                if (_isAwake)
                {
                    Monitor.Wait(_lock, PeriodMs);
                }
                else
                {
                    Monitor.Wait(_lock);
                }

                idle = LookAtAll() ? 0 : idle + 1;
                if (idle > IdlePeriods)
                {
                    _isAwake = false;
                    Thread.MemoryBarrier(); // whoever lends from now on sees that it sleeps, or is seen by this last look
                    _isAwake = LookAtAll();
                }
            }
        }
    }

    private static bool LookAtAll()
    {
        bool isActive = false;
        foreach (ThreadedReader reader in _readers)
        {
            isActive |= reader.Watch();
        }

        return isActive;
    }
}
