using System.Diagnostics.CodeAnalysis;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Where calls wait, by the channel of their node: a place for each that is held or waited for. Passive; the owner locks.</summary>
internal sealed class ParkingLot
{
    private readonly Dictionary<Channel, ParkedCalls> _byChannel = [];
    private readonly int[] _failures = new int[256]; // by the node's channel; two that share a place cost a question more, now and then
    private int _count;

    /// <summary>Calls that wait in all places; read without the lock.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    public bool TryFind(Channel channel, [NotNullWhen(true)] out ParkedCalls? parked) => _byChannel.TryGetValue(channel, out parked);

    /// <summary>How often a node has failed so far.</summary>
    public ref int FailuresOf(Channel channel) => ref _failures[(uint)channel.GetHashCode() % (uint)_failures.Length];

    /// <summary>Has a call wait, if there is room for it, and counts it for its caller.</summary>
    /// <returns>Why it does not.</returns>
    public ErrorInfo? TryAdd(in CallWish wish, in Packet packet, TimeSpan now, TimeSpan deadline, BroadcasterOptions options)
    {
        Session caller = wish.Caller;
        if (caller.HasLeft)
        {
            return Errors.HasLeft(caller);
        }

        if (Interlocked.Increment(ref caller.CallsOut) > options.MaxCalls)
        {
            Interlocked.Decrement(ref caller.CallsOut);
            return Errors.TooManyCalls("the caller", options.MaxCalls);
        }

        var exchange = new Exchange(caller, packet.Sequence, packet.Id.IsEmpty ? null : Encoding.UTF8.GetString(packet.Id));
        ParkedCalls parked = PlaceOf(packet.To, wish.Name!);
        ErrorInfo? error = parked.TryAdd(new ParkedCall(exchange, packet.Raw.ToArray(), now, deadline, wish.IsForHere), options);
        if (error is null)
        {
            Count++;
            return null;
        }

        Interlocked.Decrement(ref caller.CallsOut);
        RemoveIfEmpty(packet.To, parked);
        return error;
    }

    /// <summary>The place of a node, a new one if need be.</summary>
    public ParkedCalls PlaceOf(Channel channel, string name)
    {
        if (!_byChannel.TryGetValue(channel, out ParkedCalls? parked))
        {
            parked = new ParkedCalls(name);
            _byChannel.Add(channel, parked);
        }

        return parked;
    }

    public void RemoveIfEmpty(Channel channel, ParkedCalls parked)
    {
        if (parked is { Count: 0, IsHeld: false })
        {
            _byChannel.Remove(channel);
        }
    }

    public void Take(Channel channel, ParkedCalls parked, Predicate<ParkedCall> which, List<(string Name, ParkedCall Call)> taken)
    {
        int before = taken.Count;
        parked.Take(which, taken);
        Count -= taken.Count - before;
        RemoveIfEmpty(channel, parked);
    }

    public List<(string Name, ParkedCall Call)> TakeEverywhere(Predicate<ParkedCall> which)
    {
        List<(string Name, ParkedCall Call)> taken = [];
        foreach ((Channel channel, ParkedCalls parked) in _byChannel.ToArray())
        {
            Take(channel, parked, which, taken);
        }

        return taken;
    }
}
