namespace LocalCast.Mesh;

/// <summary>Messages that were taken already, by sender and id, for a while. Bounded. Passive. Hot path.</summary>
/// <remarks>
/// Two generations: what is remembered for two minutes at least is forgotten after four at most, without looking at each. Not the texts are kept but 128 bits
/// of each pair, mixed with a secret: a hundred thousand texts would be the collector's burden, and two pairs never have the same bits.
/// </remarks>
internal sealed class SeenMessages(TimeSpan remember, int most)
{
    private readonly TextDigest _digest = new(Random.Shared);
    private HashSet<TextDigest.Bits> _young = [];
    private HashSet<TextDigest.Bits> _old = [];
    private TimeSpan _turnAt;

    /// <summary>Notes a message.</summary>
    /// <returns>Whether it is seen for the first time.</returns>
    public bool TryAdd(string from, string id, TimeSpan now)
    {
        if (now >= _turnAt || _young.Count >= most / 2)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
            if (now >= _turnAt + remember)
            {
                _old.Clear(); // nothing was taken for so long that even the younger ones are old
            }

            _turnAt = now + remember;
        }

        TextDigest.Bits digest = _digest.Of(from, id);
        return !_old.Contains(digest) && _young.Add(digest);
    }
}
