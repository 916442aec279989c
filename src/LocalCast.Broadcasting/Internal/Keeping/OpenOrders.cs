namespace LocalCast.Broadcasting.Internal;

/// <summary>What the agent itself asked of one participant and may still be answered.</summary>
internal sealed class OpenOrders
{
    private const int MostExtensions = 64;

    /// <summary>Ids stay below what the agent calls a call or a publication, so that an <c>ack</c> is never taken for another's.</summary>
    private const uint MostIds = ushort.MaxValue;

    private readonly Lock _lock = new();
    private ulong _pings;
    private ulong _ponged;
    private uint _lastStop;
    private uint _openStop;
    private int _extensions;
    private int _isDrainWatched;

    /// <summary>Whether the end of its calls is awaited.</summary>
    public bool IsDrainWatched => Volatile.Read(ref _isDrainWatched) != 0;

    public void WatchDrain() => Volatile.Write(ref _isDrainWatched, 1);

    /// <summary>Its calls have ended.</summary>
    /// <returns>Whether that was awaited; true once.</returns>
    public bool TryEndDrain() => Interlocked.Exchange(ref _isDrainWatched, 0) != 0;

    /// <returns>The id of the next ping.</returns>
    public ulong NextPing()
    {
        lock (_lock)
        {
            return ++_pings;
        }
    }

    /// <summary>A ping was answered. An answer to an earlier one counts until a later one is answered: it shows life as well.</summary>
    public bool TryPong(ulong id)
    {
        lock (_lock)
        {
            if (id <= _ponged || id > _pings)
            {
                return false;
            }

            _ponged = id;
            return true;
        }
    }

    /// <returns>The id of the request to stop; an earlier request is forgotten.</returns>
    public uint BeginStop()
    {
        lock (_lock)
        {
            _lastStop = _lastStop == MostIds ? 1 : _lastStop + 1;
            (_openStop, _extensions) = (_lastStop, 0);
            return _openStop;
        }
    }

    /// <summary>Whether this is an answer to the request to stop.</summary>
    public bool IsStop(uint id)
    {
        lock (_lock)
        {
            return id != 0 && id == _openStop;
        }
    }

    /// <summary>It asks for more time; a bounded number of times per request.</summary>
    public bool TryExtend(uint id)
    {
        lock (_lock)
        {
            return id != 0 && id == _openStop && ++_extensions <= MostExtensions;
        }
    }

    /// <summary>It will not do it.</summary>
    public bool TryRefuseStop(uint id)
    {
        lock (_lock)
        {
            if (id == 0 || id != _openStop)
            {
                return false;
            }

            _openStop = 0;
            return true;
        }
    }
}
