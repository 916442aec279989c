namespace LocalCast.Supervision.Tests;

/// <summary>What the parts of a <see cref="World"/> share: the machine, the dice, the time, what is still to come, and what was done so far.</summary>
internal sealed class WorldState(Random random)
{
    private readonly List<(TimeSpan At, Action Do)> _later = [];

    public Random Random => random;

    public required SupervisorMachine Machine { get; init; }

    /// <summary>What was done so far, for the message of a failure.</summary>
    public List<string> Log { get; } = [];

    public TimeSpan Now { get; set; }

    public bool IsStoppingAll { get; set; }

    /// <summary>When quiet, everything that is launched works, and nothing happens by itself.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>When the next thing comes that was put off.</summary>
    public TimeSpan? Next => _later.Count == 0 ? null : _later.Min(entry => entry.At);

    public void Note(string what) => Log.Add($"{Now.TotalSeconds:0.000} {what}");

    public void Later(Action action) => _later.Add((Now + TimeSpan.FromMilliseconds(Random.Next(IsQuiet ? 50 : 2000)), action));

    /// <summary>Does the next thing that was put off.</summary>
    public void DoNext()
    {
        TimeSpan next = _later.Min(entry => entry.At);
        (TimeSpan At, Action Do) entry = _later.First(candidate => candidate.At == next);
        _later.Remove(entry);
        entry.Do();
    }

    public NodeView View(string name) => Machine.TryView(name, out NodeView? view) ? view : throw new InvalidOperationException(name);

    public void Check(bool isWell, string what)
    {
        if (!isWell)
        {
            throw new InvalidOperationException($"{what}\n{string.Join('\n', Log.Take(6).Concat(Log.TakeLast(100)))}");
        }
    }
}
