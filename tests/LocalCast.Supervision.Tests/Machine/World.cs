namespace LocalCast.Supervision.Tests;

/// <summary>
/// A world around a machine that does what the effects say, late and out of step as random choices have it, and checks after every step
/// what must hold always.
/// </summary>
internal sealed class World
{
    private const int MostEffectsPerInput = 200;

    private readonly List<Process> _live = [];
    private readonly List<(TimeSpan At, Action Do)> _later = [];
    private readonly Dictionary<string, bool> _stopped = [];
    private readonly HashSet<string> _held = [];
    private readonly HashSet<string> _strangers = [];
    private readonly HashSet<string> _known = []; // those of them that the machine was told of
    private readonly Random _random;
    private readonly Dictionary<string, NodeManifest> _manifests;
    private TimeSpan _now;
    private int _fingerprints;

    public World(int seed)
    {
        _random = new Random(seed);
        Machine = new SupervisorMachine(new MachineOptions(), _random.NextDouble);
        _manifests = Graph(_random).ToDictionary(manifest => manifest.Name);
        foreach (NodeManifest manifest in _manifests.Values)
        {
            string requires = string.Join(", ", manifest.Requires.Select(requirement => $"{requirement.Mode} {requirement.Node}"));
            Log.Add($"{manifest.Name} {manifest.Readiness.Kind} {manifest.Reload.Mode} {manifest.Activation.Mode} {manifest.Restart.Policy} requires [{requires}]");
        }

        RecallSome();
        Load();
        Obey();
    }

    public SupervisorMachine Machine { get; }

    /// <summary>What was done so far, for the message of a failure.</summary>
    public List<string> Log { get; } = [];

    public bool IsStoppingAll { get; private set; }

    /// <summary>When quiet, everything that is launched works, and nothing happens by itself.</summary>
    public bool IsQuiet { get; private set; }

    private string AnyName => _manifests.Keys.ElementAt(_random.Next(_manifests.Count));

    public void Step(Move move)
    {
        string name = AnyName;
        Log.Add($"{_now.TotalSeconds:0.000} {move} {name}");
        switch (move)
        {
            case Move.Start:
                _ = Machine.Start(name, "operator", _now);
                FreeChain(name);
                break;
            case Move.Stop when Machine.Stop(name, "operator", _now) is null:
                _stopped[name] = true;
                break;
            case Move.Restart:
                _ = Machine.Restart(name, "operator", _now);
                FreeChain(name);
                break;
            case Move.Activate:
                _ = Machine.Activate(name, "caller", _now);
                break;
            case Move.Upgrade:
                _ = Machine.Upgrade(name, "operator", _now);
                break;
            case Move.Reload:
                _manifests[name] = _manifests[name].Changed($"{++_fingerprints}");
                Load();
                break;
            case Move.Crash:
                Any(process => End(process, _random.Next(4), null));
                break;
            case Move.Stale:
                Machine.Exited(name, Enumerable.Range(1, 100).First(generation => Find(name, generation) is null), 1, null, _now);
                break;
            case Move.Disconnect:
                Any(process =>
                {
                    process.IsJoined = false;
                    Machine.Left(process.Name, process.Generation, _now);
                });
                break;
            case Move.Hang:
                Any(process => process.IsHung = true);
                break;
            case Move.Stranger when _strangers.Contains(name):
                StrangerLeaves(name);
                break;
            case Move.Stranger when _live.TrueForAll(process => process.Name != name):
                // Let in because nothing runs; when that is told, something may.
                _strangers.Add(name);
                Later(() => If(name, () =>
                {
                    _known.Add(name);
                    Machine.Joined(name, 0, null, true, 1, _now);
                }));
                break;
            case Move.Short:
                Pass(TimeSpan.FromMilliseconds(_random.Next(1, 1500)));
                break;
            case Move.Long:
                Pass(TimeSpan.FromSeconds(_random.Next(1, 60)));
                break;
        }

        Obey();
    }

    public void StopAll()
    {
        Log.Add($"{_now.TotalSeconds:0.000} StopAll");
        IsStoppingAll = true;
        Machine.StopAll("the test is over", _now);
        Obey();
    }

    /// <summary>From now on everything works; lets everything come to rest.</summary>
    public void Quiet()
    {
        IsQuiet = true;
        foreach (string name in _strangers.ToList())
        {
            StrangerLeaves(name);
            Obey();
        }

        foreach (Process process in _live.Where(process => process.IsHung || process.IsDeaf || !process.IsJoined).ToList())
        {
            End(process, null, 9);
            Obey();
        }

        for (int i = 0; i < 20; i++)
        {
            Pass(TimeSpan.FromSeconds(30));
            Obey();
        }
    }

    public void CheckRest()
    {
        foreach (NodeView view in Machine.Views)
        {
            string name = view.Manifest.Name;
            int live = _live.Count(process => process.Name == name);
            bool isRight = view.State == SupervisedState.Ready
                ? !_stopped.GetValueOrDefault(name) && _manifests[name].Requires.All(r => r.Mode != RequirementMode.Bind || IsUp(r.Node))
                : IsAsleep(view) || (!CanCome(name) && view.State is SupervisedState.Disabled or SupervisedState.Waiting or SupervisedState.Failed);
            Check(isRight, $"{name} at rest is {view.State}: {view.Reason}; can come: {CanCome(name)}");
            Check(live == (view.State == SupervisedState.Ready ? 1 : 0), $"{live} instances of {view.Manifest.Name} at rest, which is {view.State}");
        }

        Check(_held.Count == 0, $"calls are held for {string.Join(", ", _held)}");
    }

    public void CheckAllDown()
    {
        Check(_live.Count == 0, $"still live: {string.Join(", ", _live.Select(process => process.Name))}");
        Check(Machine.IsAllDown, "not all down");
        Check(Machine.StopsPending.Count == 0, "stops pending");
        Check(_held.Count == 0, "calls are held");
    }

    private static bool IsAsleep(NodeView view) =>
        view is { State: SupervisedState.Waiting, Manifest.Activation.Mode: ActivationMode.OnDemand } && view.Reason!.StartsWith("on demand", StringComparison.Ordinal);

    private static IEnumerable<NodeManifest> Graph(Random random)
    {
        for (int i = 0; i < 6; i++)
        {
            Requirement[] requires =
            [
                .. from j in Enumerable.Range(0, i)
                   where random.Next(3) == 0
                   select MachineManifests.Needs($"n{j}", (RequirementMode)random.Next(4)),
            ];
            yield return MachineManifests.Of($"n{i}", requires) with
            {
                Readiness = new ReadinessSpec { Kind = random.Next(4) switch { 0 => ReadinessKind.Notify, 1 => ReadinessKind.Http, _ => ReadinessKind.Pong } },
                Restart = new RestartSpec { CleanExitCodes = [], Policy = random.Next(4) == 0 ? RestartPolicy.Always : RestartPolicy.OnFailure },
                Reload = new ReloadSpec { Mode = random.Next(3) == 0 ? ReloadMode.Restart : ReloadMode.Swap },
                Activation = random.Next(4) == 0
                    ? new ActivationSpec { Mode = ActivationMode.OnDemand, IdleTimeout = TimeSpan.FromSeconds(5) }
                    : new ActivationSpec(),
            };
        }
    }

    // With what is wanted now, and with everything at work.
    private bool CanCome(string name) => !_stopped.GetValueOrDefault(name) && _manifests[name].Requires.All(requirement => requirement.Mode switch
    {
        RequirementMode.Soft => true,
        RequirementMode.Present => IsUp(requirement.Node),
        _ => CanCome(requirement.Node),
    });

    private NodeView View(string name) => Machine.TryView(name, out NodeView? view) ? view : throw new InvalidOperationException(name);

    private bool IsUp(string name) => _known.Contains(name) || View(name).State is SupervisedState.Ready or SupervisedState.Degraded;

    private void FreeChain(string name)
    {
        _stopped[name] = false;
        foreach (Requirement requirement in _manifests[name].Requires.Where(r => r.Mode is RequirementMode.Start or RequirementMode.Bind))
        {
            FreeChain(requirement.Node);
        }
    }

    // What the agent before this one left in memory.
    private void RecallSome()
    {
        foreach (string name in _manifests.Keys)
        {
            switch (_random.Next(6))
            {
                case 0:
                    _stopped[name] = true;
                    Machine.RecallStop(name, "operator");
                    Log.Add($"{name} was stopped");
                    break;
                case 1:
                    Machine.RecallForeigner(name);
                    Log.Add($"{name} was a stranger");
                    break;
            }
        }
    }

    private void Load() => Machine.Load([.. _manifests.Values], new Dictionary<string, string>(), _now);

    private void Any(Action<Process> action)
    {
        if (_live.Count > 0)
        {
            action(_live[_random.Next(_live.Count)]);
        }
    }

    private void Pass(TimeSpan time)
    {
        TimeSpan end = _now + time;
        for (int i = 0; ; i++)
        {
            Check(i < 5000, "time does not pass");
            TimeSpan own = _later.Count == 0 ? TimeSpan.MaxValue : _later.Min(entry => entry.At);
            TimeSpan due = Machine.NextDue ?? TimeSpan.MaxValue;
            TimeSpan next = own <= due ? own : due;
            if (next > end)
            {
                break;
            }

            _now = next > _now ? next : _now;
            if (own <= due)
            {
                (TimeSpan At, Action Do) entry = _later.First(candidate => candidate.At == own);
                _later.Remove(entry);
                entry.Do();
            }
            else
            {
                // Now and then the agent is late.
                _now += !IsQuiet && _random.Next(20) == 0 ? TimeSpan.FromSeconds(_random.Next(5)) : TimeSpan.Zero;
                Machine.Tick(_now);
                Check(!(Machine.NextDue <= _now), $"a tick left {Machine.NextDue} due");
            }

            Obey();
        }

        _now = end > _now ? end : _now;
    }

    private void Later(Action action) => _later.Add((_now + TimeSpan.FromMilliseconds(_random.Next(IsQuiet ? 50 : 2000)), action));

    private void Obey()
    {
        int count = 0;
        while (Machine.TryTakeEffect(out Effect? effect))
        {
            Check(++count < MostEffectsPerInput, "a storm of effects");
            if (effect is not (Effect.Report or Effect.Ping or Effect.Probe))
            {
                Log.Add($"    {effect.GetType().Name} {effect.Node} {(effect is Effect.Launch launch ? launch.Generation : "")}");
            }

            Obey(effect);
        }
    }

    private void Obey(Effect effect)
    {
        switch (effect)
        {
            case Effect.Launch launch:
                CheckLaunch(launch);
                Launch(launch);
                break;
            case Effect.AskToStop ask when Find(ask.Node, ask.Generation) is { } process:
                Asked(process);
                break;
            case Effect.Terminate terminate when Find(terminate.Node, terminate.Generation) is { IsLaunched: true, IsHung: false, IsDeaf: false } process:
                Later(() => End(process, 0, null));
                break;
            case Effect.Kill kill when Find(kill.Node, kill.Generation) is { IsLaunched: true } process:
                Later(() => End(process, null, 9));
                break;
            case Effect.Ping ping when Find(ping.Node, ping.Generation) is { IsHung: false } process:
                Later(() => If(process, () => Machine.Ponged(process.Name, process.Generation, _now)));
                break;
            case Effect.Probe probe when Find(probe.Node, probe.Generation) is { } process:
                Later(() => If(process, () => Machine.ProbeEnded(process.Name, process.Generation, IsQuiet || _random.Next(3) == 0, "?", _now)));
                break;
            case Effect.HoldCalls hold:
                Check(_held.Add(hold.Node), $"calls of {hold.Node} are held twice");
                break;
            case Effect.ReleaseCalls release:
                Check(_held.Remove(release.Node), $"calls of {release.Node} are released without being held");
                break;
            case Effect.WatchDrain drain when Find(drain.Node, drain.Generation) is { } process && (IsQuiet || _random.Next(3) > 0):
                Later(() => Machine.Drained(process.Name, process.Generation, _now));
                break;
            case Effect.MoveName move:
                Check(Find(move.Node, move.Generation) is not null, $"the name {move.Node} goes to a launch that is not there");
                break;
            case Effect.AskIdle idle:
                Later(() => Machine.IdleFor(idle.Node, idle.Generation, TimeSpan.FromSeconds(_random.Next(10)), _now));
                break;
        }
    }

    private void CheckLaunch(Effect.Launch launch)
    {
        List<Process> others = [.. _live.Where(process => process.Name == launch.Node)];
        NodeView view = View(launch.Node);
        Check(!IsStoppingAll, $"{launch.Node} is launched while all stops");
        Check(!_known.Contains(launch.Node), $"{launch.Node} is launched beside the one that joined by itself");
        Check(!_stopped.GetValueOrDefault(launch.Node), $"{launch.Node} is launched though an operator stopped it");
        Check(others.Count == 0 || (others.Count == 1 && view.Upgrade?.Outcome == UpgradeOutcome.Running), $"{others.Count} instances of {launch.Node} live when it is launched");
        foreach (Requirement requirement in launch.Manifest.Requires.Where(r => r.Mode is RequirementMode.Start or RequirementMode.Bind))
        {
            Check(IsUp(requirement.Node), $"{launch.Node} is launched while {requirement.Node} is {View(requirement.Node).State}");
        }
    }

    private void Launch(Effect.Launch launch)
    {
        var process = new Process(launch.Node, launch.Generation, launch.Manifest.Readiness.Kind);
        _live.Add(process);
        Later(() =>
        {
            if (!IsQuiet && _random.Next(8) == 0)
            {
                _live.Remove(process);
                Machine.LaunchFailed(process.Name, process.Generation, "?", false, _now);
                return;
            }

            process.IsLaunched = true;
            process.IsDeaf = !IsQuiet && _random.Next(8) == 0;
            Machine.Launched(process.Name, process.Generation, 1, [], _now);
            if (IsQuiet || _random.Next(8) > 0)
            {
                Later(() => If(process, () => Join(process)));
            }
        });
    }

    private void Join(Process process)
    {
        process.IsJoined = true;
        bool isReady = process.Kind != ReadinessKind.Notify && (IsQuiet || _random.Next(3) > 0);
        Machine.Joined(process.Name, process.Generation, null, isReady, null, _now);
        if (!isReady)
        {
            Later(() => If(process, () => Machine.BecameReady(process.Name, process.Generation, _now)));
        }
    }

    private void Asked(Process process)
    {
        switch (IsQuiet ? 0 : _random.Next(5))
        {
            case 0 when !process.IsHung:
                Later(() => End(process, 0, null));
                break;
            case 1:
                Machine.CannotStop(process.Name, process.Generation, _now);
                break;
            case 2:
                Machine.Extended(process.Name, process.Generation, TimeSpan.FromSeconds(40), _now);
                break;
        }
    }

    private void StrangerLeaves(string name)
    {
        _strangers.Remove(name);
        _known.Remove(name);
        Machine.Left(name, 0, _now);
    }

    private void If(string stranger, Action action)
    {
        if (_strangers.Contains(stranger))
        {
            action();
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
            Log.Add($"{_now.TotalSeconds:0.000} {process.Name} {process.Generation} ends");
            Machine.Exited(process.Name, process.Generation, code, signal, _now);
        }
    }

    private Process? Find(string name, int generation) => _live.Find(process => process.Name == name && process.Generation == generation);

    private void Check(bool isWell, string what)
    {
        if (!isWell)
        {
            throw new InvalidOperationException($"{what}\n{string.Join('\n', Log.Take(6).Concat(Log.TakeLast(100)))}");
        }
    }

    internal enum Move
    {
        Start,
        Stop,
        Restart,
        Activate,
        Upgrade,
        Reload,
        Crash,
        Stale,
        Disconnect,
        Hang,
        Stranger,
        Short,
        Long,
    }

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
