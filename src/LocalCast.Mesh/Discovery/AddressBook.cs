using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>Addresses of agents: those that answered, those that were only told, and those that a person entered. Bounded. Passive.</summary>
/// <remarks>
/// What is told goes into buckets by who told it and which host it names, so that one talkative agent fills its own buckets and no others.
/// </remarks>
/// <param name="random">Chance.</param>
/// <param name="longestPause">To which the pauses between dials of an address grow that a person entered; a minute unless it is said.</param>
public sealed class AddressBook(Random random, TimeSpan? longestPause = null)
{
    /// <summary>Buckets of addresses that were only told.</summary>
    public const int NewBuckets = 64;

    /// <summary>Buckets of addresses that answered.</summary>
    public const int TriedBuckets = 16;

    /// <summary>Addresses per bucket.</summary>
    public const int BucketSize = 64;

    /// <summary>Buckets that what one agent tells is spread over.</summary>
    private const int BucketsPerSource = 4;

    /// <summary>A told address that never answered is forgotten after so many attempts.</summary>
    private const int MostFailuresOfNew = 6;

    private const int MostBlocked = 1024;

    private readonly Dictionary<string, AddressEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(AddressKind Kind, int Bucket), List<AddressEntry>> _buckets = [];
    private readonly HashSet<string> _blocked = new(StringComparer.Ordinal);
    private readonly int _secret = random.Next();

    /// <summary>All addresses.</summary>
    public IReadOnlyCollection<AddressEntry> Entries => _entries.Values;

    /// <summary>Enters an address that a person chose.</summary>
    public bool AddConfigured(string address)
    {
        if (!Addresses.TryNormalize(address, out string? normal))
        {
            return false;
        }

        _blocked.Remove(normal);
        _entries.TryGetValue(normal, out AddressEntry? old);
        Remove(normal);
        _entries[normal] = new AddressEntry(normal, AddressKind.Configured, "", longestPause ?? TimeSpan.FromMinutes(1)) { Id = old?.Id, IsDialling = old?.IsDialling == true };
        return true;
    }

    /// <summary>Forgets an address and learns it no more: it is this agent's own, or a person does not want it. Who enters it again lifts that.</summary>
    public void Block(string address)
    {
        Remove(address);
        if (_blocked.Count < MostBlocked && Addresses.TryNormalize(address, out string? normal))
        {
            _blocked.Add(normal);
        }
    }

    /// <summary>Whether an address is not wanted.</summary>
    public bool IsBlocked(string address) => Addresses.TryNormalize(address, out string? normal) && _blocked.Contains(normal);

    /// <summary>Enters an address that an agent told.</summary>
    /// <returns>Whether it is new, and there was room for it.</returns>
    public bool AddLearnt(string address, string source) =>
        Addresses.TryNormalize(address, out string? normal) && !_blocked.Contains(normal) && !_entries.ContainsKey(normal)
        && TryPlace(new AddressEntry(normal, AddressKind.New, source));

    /// <summary>Forgets an address.</summary>
    public bool Remove(string address)
    {
        if (!Addresses.TryNormalize(address, out string? normal) || !_entries.Remove(normal, out AddressEntry? entry))
        {
            return false;
        }

        if (entry.Kind != AddressKind.Configured)
        {
            _buckets[BucketOf(entry)].Remove(entry);
        }

        return true;
    }

    /// <summary>Finds an address.</summary>
    public bool TryFind(string? address, [NotNullWhen(true)] out AddressEntry? entry)
    {
        entry = null;
        return Addresses.TryNormalize(address, out string? normal) && _entries.TryGetValue(normal, out entry);
    }

    /// <summary>What became of dialling an address.</summary>
    public void Report(string address, DialOutcome outcome, TimeSpan now, string? id = null, string? error = null, string? linkedAs = null)
    {
        if (!TryFind(address, out AddressEntry? entry))
        {
            return;
        }

        entry.IsDialling = false;
        entry.Id = id ?? entry.Id;
        entry.LinkedAs = linkedAs;
        entry.LastError = error;
        entry.LastOutcome = outcome;
        switch (outcome)
        {
            case DialOutcome.Linked:
                entry.Failures = 0;
                entry.NotBefore = now;
                Promote(entry);
                break;
            case DialOutcome.Self:
                Block(entry.Address);
                break;
            case DialOutcome.AlreadyLinked:
                entry.NotBefore = now + entry.LongestPause; // or until that link ends; by then it may be another agent's
                break;
            default:
                entry.Failures++;
                entry.NotBefore = now + (outcome == DialOutcome.Incompatible ? entry.LongestPause * (0.5 + (random.NextDouble() / 2)) : entry.PauseAfterFailure(random.NextDouble()));
                if (entry.Kind == AddressKind.New && entry.Failures >= MostFailuresOfNew)
                {
                    Remove(entry.Address);
                }

                break;
        }
    }

    /// <summary>A link ended: addresses that were refused because there was one may be dialled again.</summary>
    public void LinkEnded(TimeSpan now)
    {
        foreach (AddressEntry entry in _entries.Values.Where(entry => entry.LastOutcome == DialOutcome.AlreadyLinked))
        {
            entry.NotBefore = now;
        }
    }

    /// <summary>Addresses for another agent, in no order.</summary>
    public IReadOnlyList<string> Sample(int most, bool includePrivate)
    {
        AddressEntry[] fit = [.. _entries.Values.Where(entry => (entry.Failures == 0 || entry.Kind == AddressKind.Tried) && (includePrivate || Addresses.IsPublic(entry.Address)))];
        random.Shuffle(fit);
        return [.. fit.Take(most).Select(entry => entry.Address)];
    }

    /// <summary>What is to survive a restart.</summary>
    public AddressBookContent Save(TimeSpan now) => new()
    {
        Entries = [.. _entries.Values.Where(entry => entry.Kind != AddressKind.Configured).Select(entry => new SavedAddress
        {
            Address = entry.Address,
            Id = entry.Id,
            Tried = entry.Kind == AddressKind.Tried,
            Failures = entry.Failures,
            WaitMs = (long)Math.Max(0, (entry.NotBefore - now).TotalMilliseconds),
            Source = entry.Source,
        })],
        Blocked = [.. _blocked],
    };

    /// <summary>Takes up what was saved. Addresses that are there already stay as they are.</summary>
    public void Restore(AddressBookContent content, TimeSpan now)
    {
        _blocked.UnionWith((content.Blocked ?? []).Take(MostBlocked - _blocked.Count).Where(address => !_entries.ContainsKey(address)));
        foreach (SavedAddress saved in content.Entries)
        {
            if (!Addresses.TryNormalize(saved.Address, out string? normal) || _entries.ContainsKey(normal))
            {
                continue;
            }

            var entry = new AddressEntry(normal, saved.Tried ? AddressKind.Tried : AddressKind.New, saved.Source ?? "")
            {
                Id = saved.Id,
                Failures = Math.Max(0, saved.Failures),
            };
            entry.NotBefore = now + TimeSpan.FromMilliseconds(Math.Clamp(saved.WaitMs, 0, (long)entry.LongestPause.TotalMilliseconds));
            TryPlace(entry);
        }
    }

    private void Promote(AddressEntry entry)
    {
        if (entry.Kind == AddressKind.New)
        {
            Remove(entry.Address);
            entry.Kind = AddressKind.Tried;
            TryPlace(entry);
        }
    }

    private bool TryPlace(AddressEntry entry)
    {
        (AddressKind, int) key = BucketOf(entry);
        if (!_buckets.TryGetValue(key, out List<AddressEntry>? bucket))
        {
            _buckets[key] = bucket = [];
        }

        if (bucket.Count >= BucketSize)
        {
            AddressEntry worst = bucket.MaxBy(other => other.Failures)!;
            if (worst.Failures == 0 && entry.Kind == AddressKind.New)
            {
                return false; // nothing here has failed: what is known stays
            }

            Remove(worst.Address);
        }

        bucket.Add(entry);
        _entries[entry.Address] = entry;
        return true;
    }

    private (AddressKind Kind, int Bucket) BucketOf(AddressEntry entry) => entry.Kind == AddressKind.Tried
        ? (AddressKind.Tried, Hash(entry.Group, "") % TriedBuckets)
        : (AddressKind.New, Hash(entry.Source, (Hash(entry.Group, entry.Source) % BucketsPerSource).ToString(System.Globalization.CultureInfo.InvariantCulture)) % NewBuckets);

    /// <summary>The same in every run with the same secret, unlike <see cref="HashCode"/>: a simulation is repeatable.</summary>
    private int Hash(string first, string second)
    {
        uint hash = (uint)_secret ^ 2166136261;
        foreach (char c in first)
        {
            hash = (hash ^ c) * 16777619;
        }

        foreach (char c in second)
        {
            hash = ((hash << 1) ^ c) * 16777619;
        }

        return (int)((hash ^ (hash >> 15)) & int.MaxValue);
    }
}
