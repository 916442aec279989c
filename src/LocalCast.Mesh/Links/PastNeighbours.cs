namespace LocalCast.Mesh;

/// <summary>With whom this agent had a link lately: what these say of their links may still be about that one. Bounded. Passive.</summary>
internal sealed class PastNeighbours
{
    /// <summary>A link that was cut in silence ends at its other side within 80 s, and the document without it needs some seconds more.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(2);

    private const int Most = 4096;
    private readonly Dictionary<string, TimeSpan> _endedAt = new(StringComparer.Ordinal);

    public void Add(string id, TimeSpan now)
    {
        if (_endedAt.Count >= Most && !_endedAt.ContainsKey(id))
        {
            _endedAt.Remove(_endedAt.MinBy(pair => pair.Value).Key);
        }

        _endedAt[id] = now;
    }

    public bool Contains(string id, TimeSpan now) => _endedAt.TryGetValue(id, out TimeSpan ended) && now - ended < Remembered;

    public void Clear() => _endedAt.Clear();
}
