using System.Collections.Concurrent;
using LocalCast.Protocol;

namespace LocalCast.Supervision.Tests.Running;

/// <summary>Writes down what is asked of it.</summary>
internal sealed class FakeBus : INodeBus
{
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Called with every transition that is told.</summary>
    public Action<string, Transition> OnAnnounce { get; set; } = (_, _) => { };

    public void Keep(IReadOnlyCollection<string> names) => Asked.Enqueue($"keep {string.Join(' ', names)}");

    public void AskToStop(string node, int generation, TimeSpan within, string reason) => Asked.Enqueue($"stop {node} {generation}");

    public void Ping(string node, int generation) => Asked.Enqueue($"ping {node} {generation}");

    public void WatchDrain(string node, int generation) => Asked.Enqueue($"drain {node} {generation}");

    public void MoveName(string node, int generation) => Asked.Enqueue($"move {node} {generation}");

    public void HoldCalls(string node) => Asked.Enqueue($"hold {node}");

    public void ReleaseCalls(string node) => Asked.Enqueue($"release {node}");

    public void FailCalls(string node, ErrorInfo error) => Asked.Enqueue($"fail {node}: {error.Message}");

    public TimeSpan IdleTime(string node) => TimeSpan.Zero;

    public void Announce(string node, Transition transition, bool isLoud)
    {
        OnAnnounce(node, transition);
        Asked.Enqueue($"{node} is {transition.State}");
    }
}

/// <summary>An instance that only exists in a test.</summary>
internal sealed class FakeInstance(LaunchSpec spec, int pid, IInstanceListener listener) : IInstance
{
    public LaunchSpec Spec => spec;

    public IInstanceListener Listener => listener;

    public InstanceIdentity Identity { get; } = new(pid, 1, "boot");

    public IReadOnlyList<string> Notes => [];

    public ConcurrentQueue<string> Signals { get; } = new();

    public void Terminate() => Signals.Enqueue("terminate");

    public void Kill() => Signals.Enqueue("kill");

    public bool Owns(int other) => other == Identity.Pid;

    public ResourceUsage? Sample() => null;
}

/// <summary>Starts nothing, and says that it did.</summary>
internal sealed class FakeRunner : IProcessRunner
{
    private int _pid = 1000;

    public ConcurrentQueue<FakeInstance> Launched { get; } = new();

    public ConcurrentQueue<int> Killed { get; } = new();

    public string? WhyNone { get; set; }

    /// <summary>Thrown at the next launches.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>The processes of an agent before this one that live on.</summary>
    public HashSet<int> Survivors { get; } = [];

    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        if (Trouble is { } trouble)
        {
            throw trouble;
        }

        Run(new FakeInstance(spec, Interlocked.Increment(ref _pid), listener));
    }

    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener)
    {
        bool lives = Survivors.Contains(identity.Pid);
        if (lives)
        {
            Run(new FakeInstance(spec, identity.Pid, listener));
        }

        return lives;
    }

    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left)
    {
        foreach (Leftover one in left)
        {
            Killed.Enqueue(one.Identity.Pid);
        }

        return left;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Run(FakeInstance instance)
    {
        Launched.Enqueue(instance);
        instance.Listener.Launched(instance);
    }
}
