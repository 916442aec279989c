namespace LocalCast.Supervision;

/// <summary>Decides when changed files are to be acted upon: once they have been quiet for a while. Passive.</summary>
/// <param name="quiet">How long nothing may change before it counts.</param>
/// <param name="countsPaths">Whether a path that is watched from now on, or no longer, counts as changed.</param>
public sealed class ChangeWatch(TimeSpan quiet, bool countsPaths)
{
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private bool _hasLooked;

    /// <summary>Looks at what is there now.</summary>
    /// <param name="stamps">For each path that is watched, what it looks like; <see langword="null"/> when nothing is there.</param>
    /// <param name="now">The time.</param>
    /// <returns>The paths that changed and have been quiet since. What appears or goes away counts as changed; the first look knows no change.</returns>
    public IReadOnlyList<string> Look(IReadOnlyDictionary<string, long?> stamps, TimeSpan now)
    {
        foreach (string path in stamps.Keys.Union(_known.Keys).ToList())
        {
            bool isWatched = stamps.TryGetValue(path, out long? stamp);
            if (!isWatched && !countsPaths)
            {
                _known.Remove(path);
            }
            else if (!_known.TryGetValue(path, out Known? known))
            {
                _known[path] = new Known { ActedUpon = _hasLooked && countsPaths ? null : stamp, Seen = stamp, Since = now };
            }
            else if (known.Seen != stamp)
            {
                (known.Seen, known.Since) = (stamp, now);
            }
        }

        _hasLooked = true;
        List<string> changed = [.. _known.Where(entry => entry.Value.Seen != entry.Value.ActedUpon && now - entry.Value.Since >= quiet).Select(entry => entry.Key)];
        foreach (string path in changed)
        {
            _known[path].ActedUpon = _known[path].Seen;
        }

        foreach (string path in _known.Where(entry => !stamps.ContainsKey(entry.Key) && entry.Value is { Seen: null, ActedUpon: null }).Select(entry => entry.Key).ToList())
        {
            _known.Remove(path);
        }

        return changed;
    }

    private sealed class Known
    {
        public long? ActedUpon { get; set; }

        public long? Seen { get; set; }

        public TimeSpan Since { get; set; }
    }
}
