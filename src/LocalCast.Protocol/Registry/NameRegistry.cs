using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Protocol;

/// <summary>What became of a claim to a name.</summary>
public enum ClaimResult
{
    /// <summary>The claimant holds the name now.</summary>
    Granted,

    /// <summary>Somebody holds it; whether that one still lives is to be found out.</summary>
    Held,

    /// <summary>Another name has the same channel. The second one is refused.</summary>
    Collision,
}

/// <summary>Who holds which name and channel; one live session each. Passive; the owner locks.</summary>
public sealed class NameRegistry<T>
    where T : class
{
    private readonly Dictionary<Channel, (string Name, T Holder)> _holders = [];

    /// <summary>Names held.</summary>
    public int Count => _holders.Count;

    /// <summary>All holders.</summary>
    public IEnumerable<T> Holders => _holders.Values.Select(entry => entry.Holder);

    /// <summary>Claims a name.</summary>
    public ClaimResult Claim(string name, T claimant, out T? holder)
    {
        var channel = Channel.OfName(name);
        if (_holders.TryGetValue(channel, out (string Name, T Holder) entry))
        {
            holder = entry.Holder;
            return entry.Name == name ? ClaimResult.Held : ClaimResult.Collision;
        }

        holder = null;
        _holders.Add(channel, (name, claimant));
        return ClaimResult.Granted;
    }

    /// <summary>Gives a name back; does nothing when somebody else holds it.</summary>
    public bool Release(string name, T holder)
    {
        var channel = Channel.OfName(name);
        return _holders.TryGetValue(channel, out (string Name, T Holder) entry) && ReferenceEquals(entry.Holder, holder) && _holders.Remove(channel);
    }

    /// <summary>Gives a name to a holder, whoever had it before.</summary>
    /// <returns><see langword="false"/> when another name has the same channel: nothing changes then.</returns>
    public bool TryGive(string name, T holder, out T? former)
    {
        var channel = Channel.OfName(name);
        former = null;
        if (_holders.TryGetValue(channel, out (string Name, T Holder) entry))
        {
            if (entry.Name != name)
            {
                return false;
            }

            former = entry.Holder;
        }

        _holders[channel] = (name, holder);
        return true;
    }

    /// <summary>Finds the holder of a channel.</summary>
    public bool TryFind(Channel channel, [NotNullWhen(true)] out T? holder)
    {
        bool found = _holders.TryGetValue(channel, out (string Name, T Holder) entry);
        holder = entry.Holder;
        return found;
    }
}
