namespace LocalCast.Supervision.Tests;

/// <summary>
/// A world around a machine that does what the effects say, late and out of step as random choices have it, and checks after every step
/// what must hold always.
/// </summary>
internal sealed class World
{
    private const int MostEffectsPerInput = 200;

    private readonly WorldState _state;
    private readonly WorldProcesses _processes;
    private readonly WorldRules _rules;
    private readonly HashSet<string> _strangers = [];
    private readonly Dictionary<string, NodeManifest> _manifests;
    private int _fingerprints;

    public World(int seed)
    {
        var random = new Random(seed);
        _state = new WorldState(random) { Machine = new SupervisorMachine(new MachineOptions(), random.NextDouble) };
        _manifests = WorldGraph.Create(random).ToDictionary(manifest => manifest.Name);
        _processes = new WorldProcesses(_state);
        _rules = new WorldRules(_state, _processes, _manifests);
        foreach (NodeManifest manifest in _manifests.Values)
        {
            string requires = string.Join(", ", manifest.Requires.Select(requirement => $"{requirement.Mode} {requirement.Node}"));
            _state.Log.Add($"{manifest.Name} {manifest.Readiness.Kind} {manifest.Reload.Mode} {manifest.Activation.Mode} {manifest.Restart.Policy} requires [{requires}]");
        }

        RecallSome();
        Load();
        Obey();
    }

    private string AnyName => _manifests.Keys.ElementAt(_state.Random.Next(_manifests.Count));

    public void Step(Move move)
    {
        string name = AnyName;
        _state.Note($"{move} {name}");
        switch (move)
        {
            case Move.Start:
                _ = _state.Machine.Start(name, "operator", _state.Now);
                _rules.Freed(name);
                break;
            case Move.Stop when _state.Machine.Stop(name, "operator", _state.Now) is null:
                _rules.Stopped(name);
                break;
            case Move.Restart:
                _ = _state.Machine.Restart(name, "operator", _state.Now);
                _rules.Freed(name);
                break;
            case Move.Activate:
                _ = _state.Machine.Activate(name, "caller", _state.Now);
                break;
            case Move.Upgrade:
                _ = _state.Machine.Upgrade(name, "operator", _state.Now);
                break;
            case Move.Reload:
                _manifests[name] = _manifests[name].Changed($"{++_fingerprints}");
                Load();
                break;
            case Move.Crash:
                _processes.Crash();
                break;
            case Move.Stale:
                _state.Machine.Exited(name, Enumerable.Range(1, 100).First(generation => !_processes.Lives(name, generation)), 1, null, _state.Now);
                break;
            case Move.Disconnect:
                _processes.Disconnect();
                break;
            case Move.Hang:
                _processes.Hang();
                break;
            case Move.Stranger when _strangers.Contains(name):
                StrangerLeaves(name);
                break;
            case Move.Stranger when _processes.Count(name) == 0:
                // Let in because nothing runs; when that is told, something may.
                _strangers.Add(name);
                _state.Later(() => If(name, () =>
                {
                    _rules.Known.Add(name);
                    _state.Machine.Joined(name, 0, null, true, 1, _state.Now);
                }));
                break;
            case Move.Short:
                Pass(TimeSpan.FromMilliseconds(_state.Random.Next(1, 1500)));
                break;
            case Move.Long:
                Pass(TimeSpan.FromSeconds(_state.Random.Next(1, 60)));
                break;
        }

        Obey();
    }

    public void StopAll()
    {
        _state.Note("StopAll");
        _state.IsStoppingAll = true;
        _state.Machine.StopAll("the test is over", _state.Now);
        Obey();
    }

    /// <summary>From now on everything works; lets everything come to rest.</summary>
    public void Quiet()
    {
        _state.IsQuiet = true;
        foreach (string name in _strangers.ToList())
        {
            StrangerLeaves(name);
            Obey();
        }

        _processes.EndTheSick(Obey);
        for (int i = 0; i < 20; i++)
        {
            Pass(TimeSpan.FromSeconds(30));
            Obey();
        }
    }

    public void CheckRest() => _rules.CheckRest();

    public void CheckAllDown() => _rules.CheckAllDown();

    // What the agent before this one left in memory.
    private void RecallSome()
    {
        foreach (string name in _manifests.Keys)
        {
            switch (_state.Random.Next(6))
            {
                case 0:
                    _rules.Stopped(name);
                    _state.Machine.RecallStop(name, "operator");
                    _state.Log.Add($"{name} was stopped");
                    break;
                case 1:
                    _state.Machine.RecallForeigner(name);
                    _state.Log.Add($"{name} was a stranger");
                    break;
            }
        }
    }

    private void Load() => _state.Machine.Load([.. _manifests.Values], new Dictionary<string, string>(), _state.Now);

    private void Pass(TimeSpan time)
    {
        TimeSpan end = _state.Now + time;
        for (int i = 0; ; i++)
        {
            _state.Check(i < 5000, "time does not pass");
            TimeSpan own = _state.Next ?? TimeSpan.MaxValue;
            TimeSpan due = _state.Machine.NextDue ?? TimeSpan.MaxValue;
            TimeSpan next = own <= due ? own : due;
            if (next > end)
            {
                break;
            }

            _state.Now = next > _state.Now ? next : _state.Now;
            if (own <= due)
            {
                _state.DoNext();
            }
            else
            {
                // Now and then the agent is late.
                _state.Now += !_state.IsQuiet && _state.Random.Next(20) == 0 ? TimeSpan.FromSeconds(_state.Random.Next(5)) : TimeSpan.Zero;
                _state.Machine.Tick(_state.Now);
                _state.Check(!(_state.Machine.NextDue <= _state.Now), $"a tick left {_state.Machine.NextDue} due");
            }

            Obey();
        }

        _state.Now = end > _state.Now ? end : _state.Now;
    }

    private void Obey()
    {
        int count = 0;
        while (_state.Machine.TryTakeEffect(out Effect? effect))
        {
            _state.Check(++count < MostEffectsPerInput, "a storm of effects");
            if (effect is not (Effect.Report or Effect.Ping or Effect.Probe))
            {
                _state.Log.Add($"    {effect.GetType().Name} {effect.Node} {(effect is Effect.Launch launch ? launch.Generation : "")}");
            }

            _rules.Check(effect);
            _processes.Obey(effect);
        }
    }

    private void StrangerLeaves(string name)
    {
        _strangers.Remove(name);
        _rules.Known.Remove(name);
        _state.Machine.Left(name, 0, _state.Now);
    }

    private void If(string stranger, Action action)
    {
        if (_strangers.Contains(stranger))
        {
            action();
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
}
