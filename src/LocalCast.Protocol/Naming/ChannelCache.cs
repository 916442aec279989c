namespace LocalCast.Protocol;

/// <summary>Channels of the addresses that a thread met last: a message bears two, and their hashes cost more than all the rest of it. Bounded. Hot path.</summary>
internal static class ChannelCache
{
    private const int Places = 512; // a power of two

    [ThreadStatic]
    private static (string Address, Channel Channel)[]? _known;

    /// <summary>The channel of a name, of <c>name@agent</c>, or of a channel in hex.</summary>
    public static Channel OfAddress(string address)
    {
        ref (string Address, Channel Channel) place = ref (_known ??= new (string, Channel)[Places])[address.GetHashCode(StringComparison.Ordinal) & (Places - 1)];
        if (place.Address != address)
        {
            place = (address, Channel.OfAddress(address));
        }

        return place.Channel;
    }
}
