namespace LocalCast.Mesh;

/// <summary>What survives a restart of a <see cref="MisbehaviourLedger"/>.</summary>
public sealed record LedgerContent
{
    /// <summary>Agents, or addresses of those that never said who they are.</summary>
    public required IReadOnlyList<LedgerEntry> Entries { get; init; }
}

/// <summary>One offender.</summary>
public sealed record LedgerEntry
{
    /// <summary>Its id, or its address.</summary>
    public required string Who { get; init; }

    /// <summary>Its points.</summary>
    public int Score { get; init; }

    /// <summary>Until when it is banned.</summary>
    public DateTimeOffset? BannedUntil { get; init; }

    /// <summary>When it was last given points.</summary>
    public DateTimeOffset Last { get; init; }
}

/// <summary>Points for misbehaviour, and the bans that they add up to. Bounded; agents that this one is configured to dial are exempt. Passive.</summary>
public sealed class MisbehaviourLedger(int mostEntries = 4096)
{
    /// <summary>Points for what no honest agent sends: a first frame that is no hello, a frame that cannot be decoded.</summary>
    public const int Unbearable = 100;

    /// <summary>Points for a message that has no place where it came.</summary>
    public const int Slip = 20;

    /// <summary>Points at which an agent is banned.</summary>
    public const int Limit = 100;

    /// <summary>How long a ban lasts, and how long points are remembered.</summary>
    public static readonly TimeSpan BanFor = TimeSpan.FromHours(24);

    private readonly Dictionary<string, LedgerEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exempt = new(StringComparer.Ordinal);

    /// <summary>Who is banned, or on the way there.</summary>
    public LedgerContent Content => new() { Entries = [.. _entries.Values] };

    /// <summary>Never bans this one: a person chose it.</summary>
    public void Exempt(string who)
    {
        _exempt.Add(who);
        _entries.Remove(who);
    }

    /// <summary>It is like any other again.</summary>
    public void EndExemption(string who) => _exempt.Remove(who);

    /// <summary>Adds points.</summary>
    /// <returns>Whether they led to a ban.</returns>
    public bool Add(string who, int points, DateTimeOffset wall)
    {
        if (points <= 0 || _exempt.Contains(who))
        {
            return false;
        }

        LedgerEntry old = Find(who, wall) ?? new LedgerEntry { Who = who };
        int score = Math.Min(old.Score + points, Limit);
        bool isBan = score >= Limit && old.BannedUntil is null;
        _entries[who] = old with { Score = score, Last = wall, BannedUntil = isBan ? wall + BanFor : old.BannedUntil };
        if (_entries.Count > mostEntries)
        {
            // The least of them goes; a flood of new names cannot wash a ban away before all lesser ones are gone.
            _entries.Remove(_entries.Values.MinBy(entry => (entry.BannedUntil is not null, entry.Score, entry.Last))!.Who);
        }

        return isBan;
    }

    /// <summary>Whether it is banned now.</summary>
    public bool IsBanned(string who, DateTimeOffset wall) => Find(who, wall)?.BannedUntil is not null;

    /// <summary>A person pardons it.</summary>
    public bool Pardon(string who) => _entries.Remove(who);

    /// <summary>Takes up what was saved.</summary>
    public void Restore(LedgerContent content, DateTimeOffset wall)
    {
        foreach (LedgerEntry entry in content.Entries.Take(mostEntries))
        {
            // A clock that was set back must not make a ban longer than bans are.
            DateTimeOffset? until = entry.BannedUntil > wall + BanFor ? wall + BanFor : entry.BannedUntil;
            DateTimeOffset last = entry.Last > wall ? wall : entry.Last;
            _entries[entry.Who] = entry with { Score = Math.Clamp(entry.Score, 0, Limit), Last = last, BannedUntil = until };
        }
    }

    internal LedgerEntry? Find(string who, DateTimeOffset wall)
    {
        if (!_entries.TryGetValue(who, out LedgerEntry? entry))
        {
            return null;
        }

        bool isOver = entry.BannedUntil is { } until ? until <= wall : entry.Last + BanFor <= wall;
        if (isOver)
        {
            _entries.Remove(who);
        }

        return isOver ? null : entry;
    }
}
