namespace LocalCast.Supervision.Tests;

/// <summary>A machine whose time and whose world are moved by hand.</summary>
internal sealed class Rig
{
    private readonly List<Effect> _taken = [];

    public Rig(params NodeManifest[] manifests)
        : this(0.5, manifests)
    {
    }

    public Rig(double random, NodeManifest[] manifests)
        : this(new MachineOptions(), random, manifests)
    {
    }

    public Rig(MachineOptions options, params NodeManifest[] manifests)
        : this(options, 0.5, manifests)
    {
    }

    private Rig(MachineOptions options, double random, NodeManifest[] manifests)
    {
        Machine = new SupervisorMachine(options, () => random);
        if (manifests.Length > 0)
        {
            Load(manifests);
        }
    }

    public SupervisorMachine Machine { get; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    /// <summary>All effects since the last <see cref="Forget"/>.</summary>
    public IReadOnlyList<Effect> Effects
    {
        get
        {
            while (Machine.TryTakeEffect(out Effect? effect))
            {
                _taken.Add(effect);
            }

            return _taken;
        }
    }

    public NodeView this[string name] => Machine.TryView(name, out NodeView? view) ? view : throw new InvalidOperationException($"no {name}");

    public void Forget()
    {
        _ = Effects;
        _taken.Clear();
    }

    public IEnumerable<T> All<T>(string name)
        where T : Effect => Effects.OfType<T>().Where(effect => effect.Node == name);

    public int Count<T>(string name)
        where T : Effect => All<T>(name).Count();

    public void Load(params NodeManifest[] manifests) => Load(manifests, []);

    public void Load(NodeManifest[] manifests, Dictionary<string, string> refusals) => Machine.Load(manifests, refusals, Now);

    public void Run(string name) => Machine.Launched(name, this[name].Generation, 1000 + this[name].Generation, [], Now);

    public void Join(string name, string? version = null, bool isReady = true) => Machine.Joined(name, this[name].Generation, version, isReady, null, Now);

    public void Pong(string name) => Machine.Ponged(name, this[name].Generation, Now);

    /// <summary>Brings the launched instances of the nodes up by pong.</summary>
    public void Up(params string[] names)
    {
        foreach (string name in names)
        {
            Run(name);
            Join(name);
            Pong(name);
            Assert.Equal(SupervisedState.Ready, this[name].State);
        }
    }

    public void Exit(string name, int? code = 0, int? signal = null) => Machine.Exited(name, this[name].Generation, code, signal, Now);

    public void Crash(string name) => Exit(name, 3);

    /// <summary>Lets time pass, with a tick whenever one is due.</summary>
    public void Advance(double seconds)
    {
        TimeSpan end = Now + TimeSpan.FromSeconds(seconds);
        while (Machine.NextDue is { } due && due <= end)
        {
            Now = due > Now ? due : Now;
            Machine.Tick(Now);
            Assert.False(Machine.NextDue <= Now, "a tick left something due that was due before it");
        }

        Now = end;
    }

    /// <summary>Lets time pass without a tick, as for an agent that was suspended.</summary>
    public void Sleep(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    public void Is(string name, SupervisedState state, string? reason = null)
    {
        Assert.Equal(state, this[name].State);
        if (reason is not null)
        {
            Assert.Contains(reason, this[name].Reason ?? "", StringComparison.Ordinal);
        }
    }
}
