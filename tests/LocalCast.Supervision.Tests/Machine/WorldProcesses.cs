namespace LocalCast.Supervision.Tests;

/// <summary>The processes of a <see cref="World"/>: they do what the effects say, late, badly or never.</summary>
internal sealed class WorldProcesses(WorldState state)
{
    private readonly List<Process> _live = [];

    public IEnumerable<string> LiveNames => _live.Select(process => process.Name);

    public bool Lives(string name, int generation) => Find(name, generation) is not null;

    public int Count(string name) => _live.Count(process => process.Name == name);

    /// <summary>One of them ends by itself.</summary>
    public void Crash() => Any(process => End(process, state.Random.Next(4), null));

    /// <summary>One of them loses its connection.</summary>
    public void Disconnect() => Any(process =>
    {
        process.IsJoined = false;
        state.Machine.Left(process.Name, process.Generation, state.Now);
    });

    /// <summary>One of them answers nothing any more.</summary>
    public void Hang() => Any(process => process.IsHung = true);

    /// <summary>Ends those that do not work, one after the other.</summary>
    public void EndTheSick(Action between)
    {
        foreach (Process process in _live.Where(process => process.IsHung || process.IsDeaf || !process.IsJoined).ToList())
        {
            End(process, null, 9);
            between();
        }
    }

    public void Obey(Effect effect)
    {
        switch (effect)
        {
            case Effect.Launch launch:
                Launch(launch);
                break;
            case Effect.AskToStop ask when Find(ask.Node, ask.Generation) is { } process:
                Asked(process);
                break;
            case Effect.Terminate terminate when Find(terminate.Node, terminate.Generation) is { IsLaunched: true, IsHung: false, IsDeaf: false } process:
                state.Later(() => End(process, 0, null));
                break;
            case Effect.Kill kill when Find(kill.Node, kill.Generation) is { IsLaunched: true } process:
                state.Later(() => End(process, null, 9));
                break;
            case Effect.Ping ping when Find(ping.Node, ping.Generation) is { IsHung: false } process:
                state.Later(() => If(process, () => state.Machine.Ponged(process.Name, process.Generation, state.Now)));
                break;
            case Effect.Probe probe when Find(probe.Node, probe.Generation) is { } process:
                state.Later(() => If(process, () => state.Machine.ProbeEnded(process.Name, process.Generation, state.IsQuiet || state.Random.Next(3) == 0, "?", state.Now)));
                break;
            case Effect.WatchDrain drain when Find(drain.Node, drain.Generation) is { } process && (state.IsQuiet || state.Random.Next(3) > 0):
                state.Later(() => state.Machine.Drained(process.Name, process.Generation, state.Now));
                break;
            case Effect.AskIdle idle:
                state.Later(() => state.Machine.IdleFor(idle.Node, idle.Generation, TimeSpan.FromSeconds(state.Random.Next(10)), state.Now));
                break;
        }
    }

    private void Launch(Effect.Launch launch)
    {
        var process = new Process(launch.Node, launch.Generation, launch.Manifest.Readiness.Kind);
        _live.Add(process);
        state.Later(() =>
        {
            if (!state.IsQuiet && state.Random.Next(8) == 0)
            {
                _live.Remove(process);
                state.Machine.LaunchFailed(process.Name, process.Generation, "?", false, state.Now);
                return;
            }

            process.IsLaunched = true;
            process.IsDeaf = !state.IsQuiet && state.Random.Next(8) == 0;
            state.Machine.Launched(process.Name, process.Generation, 1, [], state.Now);
            if (state.IsQuiet || state.Random.Next(8) > 0)
            {
                state.Later(() => If(process, () => Join(process)));
            }
        });
    }

    private void Join(Process process)
    {
        process.IsJoined = true;
        bool isReady = process.Kind != ReadinessKind.Notify && (state.IsQuiet || state.Random.Next(3) > 0);
        state.Machine.Joined(process.Name, process.Generation, null, isReady, null, state.Now);
        if (!isReady)
        {
            state.Later(() => If(process, () => state.Machine.BecameReady(process.Name, process.Generation, state.Now)));
        }
    }

    private void Asked(Process process)
    {
        switch (state.IsQuiet ? 0 : state.Random.Next(5))
        {
            case 0 when !process.IsHung:
                state.Later(() => End(process, 0, null));
                break;
            case 1:
                state.Machine.CannotStop(process.Name, process.Generation, state.Now);
                break;
            case 2:
                state.Machine.Extended(process.Name, process.Generation, TimeSpan.FromSeconds(40), state.Now);
                break;
        }
    }

    private void Any(Action<Process> action)
    {
        if (_live.Count > 0)
        {
            action(_live[state.Random.Next(_live.Count)]);
        }
    }

    private void If(Process process, Action action)
    {
        if (_live.Contains(process))
        {
            action();
        }
    }

    private void End(Process process, int? code, int? signal)
    {
        if (process.IsLaunched && _live.Remove(process))
        {
            state.Note($"{process.Name} {process.Generation} ends");
            state.Machine.Exited(process.Name, process.Generation, code, signal, state.Now);
        }
    }

    private Process? Find(string name, int generation) => _live.Find(process => process.Name == name && process.Generation == generation);

    private sealed class Process(string name, int generation, ReadinessKind kind)
    {
        public string Name { get; } = name;

        public int Generation { get; } = generation;

        public ReadinessKind Kind { get; } = kind;

        public bool IsLaunched { get; set; }

        public bool IsJoined { get; set; }

        public bool IsHung { get; set; }

        public bool IsDeaf { get; set; }
    }
}
