using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>A call that waits for its node.</summary>
/// <param name="Exchange">Whose it is.</param>
/// <param name="Packet">Its bytes.</param>
/// <param name="Since">When it came.</param>
/// <param name="Deadline">How long its caller waits.</param>
/// <param name="IsForHere">Whether another agent's node is no substitute.</param>
internal sealed record ParkedCall(Exchange Exchange, byte[] Packet, TimeSpan Since, TimeSpan Deadline, bool IsForHere);

/// <summary>What a caller wants that may have to wait.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Name">The node that it means, if it says it or the keeper knows it.</param>
/// <param name="IsForHere">Whether another agent's node is no substitute.</param>
internal readonly record struct CallWish(Session Caller, string? Name, bool IsForHere);

/// <summary>Calls that wait for one node, in the order in which they came. Passive; the owner locks, and counts for the callers, too.</summary>
internal sealed class ParkedCalls(string name)
{
    private readonly List<ParkedCall> _calls = [];
    private int _bytes;

    public string Name { get; } = name;

    /// <summary>Whether calls wait although the node may serve.</summary>
    public bool IsHeld { get; set; }

    public int Count => _calls.Count;

    /// <summary>Adds a call, if there is room for it.</summary>
    public ErrorInfo? TryAdd(ParkedCall call, BroadcasterOptions options)
    {
        Session caller = call.Exchange.Owner;
        int size = call.Packet.Length;
        if (_calls.Count >= options.MaxParkedCalls || _bytes + size > options.MaxParkedBytes)
        {
            return Errors.TooManyWait($"{_calls.Count} calls wait for '{Name}' already", _calls.Count);
        }

        if (caller.ParkedCalls >= options.MaxParkedCallsPerCaller || caller.ParkedBytes + size > options.MaxParkedBytesPerCaller)
        {
            return Errors.TooManyWait($"{caller.ParkedCalls} calls of the caller wait for nodes already", caller.ParkedCalls);
        }

        _calls.Add(call);
        Count_NeedsLock(call, 1);
        return null;
    }

    /// <summary>Takes calls out from the front, as long as the receiver says that they are dealt with.</summary>
    /// <returns>Whether none is left.</returns>
    public bool TakeInOrder(Predicate<ParkedCall> isSettled)
    {
        int taken = 0;
        while (taken < _calls.Count && isSettled(_calls[taken]))
        {
            Count_NeedsLock(_calls[taken++], -1);
        }

        _calls.RemoveRange(0, taken);
        return _calls.Count == 0;
    }

    /// <summary>Takes out the calls that a condition picks.</summary>
    public void Take(Predicate<ParkedCall> which, ICollection<(string Name, ParkedCall Call)> taken)
    {
        _calls.RemoveAll(call =>
        {
            bool isTaken = which(call);
            if (isTaken)
            {
                Count_NeedsLock(call, -1);
                taken.Add((Name, call));
            }

            return isTaken;
        });
    }

    private void Count_NeedsLock(ParkedCall call, int sign)
    {
        Session caller = call.Exchange.Owner;
        caller.ParkedCalls += sign;
        caller.ParkedBytes += sign * call.Packet.Length;
        _bytes += sign * call.Packet.Length;
    }
}
