using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LocalCast.Supervision;

/// <summary>The instances that run now: whose session is whose. Thread-safe.</summary>
public sealed class LiveInstances
{
    private readonly Dictionary<(string Node, int Generation), Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byToken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Judges somebody who wants to join by a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="pid">The process at the other end, as the system knows it.</param>
    /// <param name="token">What it says it was started with.</param>
    public Verdict Judge(string name, int? pid, string? token)
    {
        List<Entry> running;
        lock (_lock)
        {
            if (token is not null && _byToken.TryGetValue(token, out Entry? own))
            {
                return JudgeOwn(own, name);
            }

            if (!IsKept_NeedsLock(name))
            {
                return default; // nobody that is looked after here: free to join
            }

            running = [.. _entries.Values];
        }

        // Looking into the process table takes system calls: not under the lock, and only for names that are looked after.
        Entry? owner = pid is { } number ? running.Find(entry => entry.Instance?.Owns(number) ?? false) : null;
        lock (_lock)
        {
            return owner is not null ? JudgeOwn(owner, name) : JudgeStranger(running.FindAll(entry => entry.Node == name), name);
        }
    }

    // While a launch has not been heard of, its process is not known: it may be this one, and run already.
    private static Verdict JudgeStranger(List<Entry> held, string name)
    {
        string? process = held.Find(entry => entry.Instance is not null)?.Instance?.Identity.Pid.ToString(CultureInfo.InvariantCulture);
        return held.Count == 0
            ? default
            : new Verdict(0, false, $"'{name}' is a node that the agent runs itself (process {process ?? "starting"}), and this is another process", null)
            {
                IsProvisional = held.Exists(entry => entry.Instance is null),
            };
    }

    /// <summary>The names that are looked after: nobody else may take them while an instance runs.</summary>
    internal void Keep(IEnumerable<string> names)
    {
        lock (_lock)
        {
            _kept.Clear();
            _kept.UnionWith(names);
        }
    }

    /// <summary>The name is this instance's from now on: should its connection break, it comes back to it, and the others stand by.</summary>
    internal void GiveName(string node, int generation)
    {
        lock (_lock)
        {
            foreach (Entry entry in _entries.Values.Where(entry => entry.Node == node))
            {
                entry.HasName = entry.Generation == generation;
            }
        }
    }

    internal bool HasName(string node, int generation)
    {
        lock (_lock)
        {
            return _entries.TryGetValue((node, generation), out Entry? entry) && entry.HasName;
        }
    }

    internal void Add(string node, int generation, string token, IReadOnlyList<string>? files = null)
    {
        lock (_lock)
        {
            bool isAlone = !_entries.Values.Any(other => other.Node == node);
            var entry = new Entry(node, generation, token) { HasName = isAlone, Files = files ?? [] };
            _entries[(node, generation)] = entry;
            _byToken[token] = entry;
        }
    }

    internal void Runs(string node, int generation, IInstance instance)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue((node, generation), out Entry? entry))
            {
                entry.Instance = instance;
            }
        }
    }

    internal void Remove(string node, int generation)
    {
        lock (_lock)
        {
            if (_entries.Remove((node, generation), out Entry? entry))
            {
                _byToken.Remove(entry.Token);
            }
        }
    }

    internal bool TryGet(string node, int generation, [NotNullWhen(true)] out IInstance? instance)
    {
        lock (_lock)
        {
            instance = _entries.GetValueOrDefault((node, generation))?.Instance;
            return instance is not null;
        }
    }

    internal IReadOnlyList<RememberedInstance> Remember()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Where(entry => entry.Instance is { Identity.Pid: > 0 })
                .Select(entry => new RememberedInstance(entry.Node, entry.Generation, entry.Token, entry.Instance!.Identity) { Files = entry.Files })];
        }
    }

    // A process that was started as one node and joins as another that is looked after is a thief, or badly configured; an additional name of its own is its business.
    private Verdict JudgeOwn(Entry own, string name)
    {
        if (own.Node != name)
        {
            return IsKept_NeedsLock(name) ? new Verdict(0, false, $"this process runs as '{own.Node}' and may not join as '{name}'", (own.Node, own.Generation)) : default;
        }

        bool standsBy = !own.HasName && _entries.Values.Any(other => other.Node == name && other.HasName);
        return new Verdict(own.Generation, standsBy, null, null);
    }

    // Also what runs without a manifest that could be read: it is the agent's until it ends.
    private bool IsKept_NeedsLock(string name) => _kept.Contains(name) || _entries.Values.Any(entry => entry.Node == name);

    private sealed class Entry(string node, int generation, string token)
    {
        public string Node { get; } = node;

        public int Generation { get; } = generation;

        public string Token { get; } = token;

        /// <summary>Where it writes its output, when it is to survive the agent.</summary>
        public IReadOnlyList<string> Files { get; init; } = [];

        public IInstance? Instance { get; set; }

        /// <summary>Whether the name is its own, be it connected or not.</summary>
        public bool HasName { get; set; }
    }
}

/// <summary>Who somebody is that wants to join.</summary>
/// <param name="Generation">Which instance; 0 for a participant that is not looked after.</param>
/// <param name="StandsBy">Its predecessor still has the name.</param>
/// <param name="Refusal">Why it must not join.</param>
/// <param name="Culprit">The instance that wanted a name that is not its own.</param>
public readonly record struct Verdict(int Generation, bool StandsBy, string? Refusal, (string Node, int Generation)? Culprit)
{
    /// <summary>Whether the refusal may be another in a moment: a launch is under way.</summary>
    public bool IsProvisional { get; init; }
}

/// <summary>An instance as the next agent finds it on disk.</summary>
internal sealed record RememberedInstance(string Node, int Generation, string Token, InstanceIdentity Identity)
{
    /// <summary>The files of its output: of use to nobody once it has ended.</summary>
    public IReadOnlyList<string>? Files { get; init; }
}
