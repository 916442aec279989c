namespace LocalCast.Supervision.Tests;

/// <summary>What must hold in a <see cref="World"/>, always and at rest, by what operators ordered and who else is there.</summary>
internal sealed class WorldRules(WorldState state, WorldProcesses processes, IReadOnlyDictionary<string, NodeManifest> manifests)
{
    private readonly HashSet<string> _stopped = [];
    private readonly HashSet<string> _held = [];

    /// <summary>Strangers that the machine was told of.</summary>
    public HashSet<string> Known { get; } = [];

    public void Stopped(string name) => _stopped.Add(name);

    /// <summary>An operator wants a node: it and what it requires may run again.</summary>
    public void Freed(string name)
    {
        _stopped.Remove(name);
        foreach (Requirement requirement in manifests[name].Requires.Where(r => r.Mode is RequirementMode.Start or RequirementMode.Bind))
        {
            Freed(requirement.Node);
        }
    }

    /// <summary>Looks at an effect before it is done.</summary>
    public void Check(Effect effect)
    {
        switch (effect)
        {
            case Effect.Launch launch:
                CheckLaunch(launch);
                break;
            case Effect.HoldCalls hold:
                state.Check(_held.Add(hold.Node), $"calls of {hold.Node} are held twice");
                break;
            case Effect.ReleaseCalls release:
                state.Check(_held.Remove(release.Node), $"calls of {release.Node} are released without being held");
                break;
            case Effect.MoveName move:
                state.Check(processes.Lives(move.Node, move.Generation), $"the name {move.Node} goes to a launch that is not there");
                break;
        }
    }

    public void CheckRest()
    {
        foreach (NodeView view in state.Machine.Views)
        {
            string name = view.Manifest.Name;
            int live = processes.Count(name);
            bool isRight = view.State == SupervisedState.Ready
                ? !_stopped.Contains(name) && manifests[name].Requires.All(r => r.Mode != RequirementMode.Bind || IsUp(r.Node))
                : IsAsleep(view) || (!CanCome(name) && view.State is SupervisedState.Disabled or SupervisedState.Waiting or SupervisedState.Failed);
            state.Check(isRight, $"{name} at rest is {view.State}: {view.Reason}; can come: {CanCome(name)}");
            state.Check(live == (view.State == SupervisedState.Ready ? 1 : 0), $"{live} instances of {view.Manifest.Name} at rest, which is {view.State}");
        }

        state.Check(_held.Count == 0, $"calls are held for {string.Join(", ", _held)}");
    }

    public void CheckAllDown()
    {
        state.Check(!processes.LiveNames.Any(), $"still live: {string.Join(", ", processes.LiveNames)}");
        state.Check(state.Machine.IsAllDown, "not all down");
        state.Check(state.Machine.StopsPending.Count == 0, "stops pending");
        state.Check(_held.Count == 0, "calls are held");
    }

    private void CheckLaunch(Effect.Launch launch)
    {
        int others = processes.Count(launch.Node);
        NodeView view = state.View(launch.Node);
        state.Check(!state.IsStoppingAll, $"{launch.Node} is launched while all stops");
        state.Check(!Known.Contains(launch.Node), $"{launch.Node} is launched beside the one that joined by itself");
        state.Check(!_stopped.Contains(launch.Node), $"{launch.Node} is launched though an operator stopped it");
        state.Check(others == 0 || (others == 1 && view.Upgrade?.Outcome == UpgradeOutcome.Running), $"{others} instances of {launch.Node} live when it is launched");
        foreach (Requirement requirement in launch.Manifest.Requires.Where(r => r.Mode is RequirementMode.Start or RequirementMode.Bind))
        {
            state.Check(IsUp(requirement.Node), $"{launch.Node} is launched while {requirement.Node} is {state.View(requirement.Node).State}");
        }
    }

    private static bool IsAsleep(NodeView view) =>
        view is { State: SupervisedState.Waiting, Manifest.Activation.Mode: ActivationMode.OnDemand } && view.Reason!.StartsWith("on demand", StringComparison.Ordinal);

    // With what is wanted now, and with everything at work.
    private bool CanCome(string name) => !_stopped.Contains(name) && manifests[name].Requires.All(requirement => requirement.Mode switch
    {
        RequirementMode.Soft => true,
        RequirementMode.Present => IsUp(requirement.Node),
        _ => CanCome(requirement.Node),
    });

    private bool IsUp(string name) => Known.Contains(name) || state.View(name).State is SupervisedState.Ready or SupervisedState.Degraded;
}
