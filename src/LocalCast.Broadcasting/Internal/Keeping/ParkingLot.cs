using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Where calls wait, by the channel of their node: a place for each that is held or waited for. Passive; the owner locks.</summary>
internal sealed class ParkingLot
{
    private readonly Dictionary<Channel, ParkedCalls> _byChannel = [];
    private int _count;

    /// <summary>Calls that wait in all places; read without the lock.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    public bool TryFind(Channel channel, [NotNullWhen(true)] out ParkedCalls? parked) => _byChannel.TryGetValue(channel, out parked);

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
