using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <content>What instances do. News of a launch that is long over changes nothing.</content>
public sealed partial class SupervisorMachine
{
    /// <summary>An instance runs.</summary>
    public void Launched(string name, int generation, int? pid, IReadOnlyList<string> notes, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _readiness.Launched(node, instance, pid, notes));

    /// <summary>An instance could not be started.</summary>
    public void LaunchFailed(string name, int generation, string reason, bool isPermanent, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _endings.LaunchFailed(node, instance, reason, isPermanent));

    /// <summary>An instance ended.</summary>
    public void Exited(string name, int generation, int? code, int? signal, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _endings.Exited(node, instance, code, signal));

    /// <summary>A participant joined: an instance, or with generation 0 one that was not started here.</summary>
    public void Joined(string name, int generation, string? version, bool isReady, int? pid, TimeSpan now)
    {
        if (generation == 0)
        {
            Strange(now, () => _strangers.Joined(name, version, isReady, pid));
        }
        else
        {
            On(name, generation, now, (node, instance) => _readiness.Joined(node, instance, version, isReady, pid));
        }
    }

    /// <summary>A participant says that it is ready.</summary>
    public void BecameReady(string name, int generation, TimeSpan now)
    {
        if (generation == 0)
        {
            Strange(now, () => _strangers.BecameReady(name));
        }
        else
        {
            On(name, generation, now, _readiness.BecameReady);
        }
    }

    /// <summary>A participant lost its connection, or closed it.</summary>
    public void Left(string name, int generation, TimeSpan now)
    {
        if (generation == 0)
        {
            Strange(now, () => _strangers.Left(name));
        }
        else
        {
            On(name, generation, now, _readiness.Left);
        }
    }

    /// <summary>An instance printed a line that its readiness pattern matches.</summary>
    public void LineMatched(string name, int generation, TimeSpan now) => On(name, generation, now, _readiness.LineMatched);

    /// <summary>A probe ended.</summary>
    public void ProbeEnded(string name, int generation, bool isOk, string output, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _readiness.ProbeEnded(node, instance, isOk, output));

    /// <summary>An instance answered its ping.</summary>
    public void Ponged(string name, int generation, TimeSpan now) => On(name, generation, now, (node, instance) =>
    {
        _readiness.Ponged(node, instance);
        _liveness.Ponged(node, instance);
    });

    /// <summary>An instance that was asked to end asks for more time.</summary>
    public void Extended(string name, int generation, TimeSpan more, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _stopping.Extend(node, instance, more));

    /// <summary>An instance that was asked to end does not know how.</summary>
    public void CannotStop(string name, int generation, TimeSpan now) => On(name, generation, now, _stopping.CannotStop);

    /// <summary>An instance has no call in flight.</summary>
    public void Drained(string name, int generation, TimeSpan now) => On(name, generation, now, _upgrades.Drained);

    /// <summary>Nobody called an instance for so long.</summary>
    public void IdleFor(string name, int generation, TimeSpan idle, TimeSpan now) =>
        On(name, generation, now, (node, instance) => _idling.IdleFor(node, instance, idle));

    /// <summary>An instance tried to join under another node's name.</summary>
    public void Misnamed(string name, int generation, string otherName, TimeSpan now) =>
        On(name, generation, now, (_, instance) => instance.Misnamed = otherName);

    /// <summary>A process of an agent before this one lives on, and is to be taken over. To be told before the first <see cref="Load"/>; what is not loaded then is killed.</summary>
    public void Adopt(string name, int generation, int pid, TimeSpan now)
    {
        _board.Now = now;
        _loading.Expect(name, generation, pid);
    }

    /// <summary>An operator of an agent before this one stopped a node: it stays stopped. To be told before the first <see cref="Load"/>.</summary>
    public void RecallStop(string name, string by) => _board.KeepStop(name, by);

    /// <summary>Somebody had joined by a node's name before this agent was started: it gets a moment to come back. To be told before the first <see cref="Load"/>.</summary>
    public void RecallForeigner(string name) => _loading.ExpectForeigner(name);

    private void On(string name, int generation, TimeSpan now, Action<Node, Instance> happened)
    {
        _board.Now = now;
        if (_board.Nodes.TryGetValue(name, out Node? node) && node.Find(generation) is { } instance)
        {
            _board.Touch(node);
            happened(node, instance);
            Settle();
        }
    }

    /// <summary>Other agents have these nodes ready, each in these versions.</summary>
    public void MeshChanged(IReadOnlyDictionary<string, IReadOnlyList<string?>> nodes, TimeSpan now) => Strange(now, () =>
    {
        IReadOnlyDictionary<string, IReadOnlyList<string?>> before = _board.MeshNodes;
        _board.MeshNodes = nodes;
        foreach (string name in before.Keys.Union(nodes.Keys).Where(name => !before.TryGetValue(name, out IReadOnlyList<string?>? then) || !nodes.TryGetValue(name, out IReadOnlyList<string?>? versions) || !then.SequenceEqual(versions)))
        {
            _board.TouchDependents(name);
        }
    });

    /// <summary>The answer to <see cref="Effect.AskMesh"/>.</summary>
    /// <param name="name">Who requires.</param>
    /// <param name="needed">What was asked to show itself.</param>
    /// <param name="isShown">Whether one of another agent did.</param>
    /// <param name="now">The time.</param>
    public void MeshConfirmed(string name, string needed, bool isShown, TimeSpan now)
    {
        _board.Now = now;
        if (_board.Nodes.TryGetValue(name, out Node? node) && _proofs.Take(node, needed, isShown))
        {
            _board.Touch(node);
            Settle();
        }
    }

    private void Strange(TimeSpan now, Action happened)
    {
        _board.Now = now;
        happened();
        Settle();
    }
}
