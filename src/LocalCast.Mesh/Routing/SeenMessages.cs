namespace LocalCast.Mesh;

/// <summary>Messages that were taken already, by sender and id, for a while. Bounded. Passive.</summary>
/// <remarks>Two generations: what is remembered for two minutes at least is forgotten after four at most, without looking at each.</remarks>
internal sealed class SeenMessages(TimeSpan remember, int most)
{
    private HashSet<(string From, string Id)> _young = [];
    private HashSet<(string From, string Id)> _old = [];
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

        return !_old.Contains((from, id)) && _young.Add((from, id));
    }
}
