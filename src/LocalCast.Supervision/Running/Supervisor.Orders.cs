using System.Collections.Concurrent;
using LocalCast.Protocol;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <content>What operators and callers ask for.</content>
public sealed partial class Supervisor
{
    private readonly OutcomeWaits _outcomes = new();
    private readonly ConcurrentDictionary<string, bool> _waking = new(StringComparer.Ordinal);

    /// <summary>Starts a node and its chain.</summary>
    /// <returns>Why it is not up, or <see langword="null"/> when it is ready.</returns>
    public Task<ErrorInfo?> StartAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Start(node, by, now), Outcomes.IsUp, cancellationToken);

    /// <summary>Stops a node, and before it those that are bound to it.</summary>
    public Task<ErrorInfo?> StopAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Stop(node, by, now), Outcomes.IsDown, cancellationToken);

    /// <summary>Restarts a node, with those that are bound to it.</summary>
    public Task<ErrorInfo?> RestartAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Restart(node, by, now), Outcomes.IsUp, cancellationToken);

    /// <summary>Puts a new instance in the place of the one that runs, without dropping calls.</summary>
    public Task<ErrorInfo?> UpgradeAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Upgrade(node, by, now), Outcomes.IsUpgraded, cancellationToken);

    /// <summary>As <see cref="UpgradeAsync"/>, without waiting for what comes of it. A node that failed gets a new chance; one that was never started is left alone.</summary>
    public void Refresh(string node, string by) => _loop.Post((machine, now) =>
    {
        if (machine.TryView(node, out NodeView? view) && view.Generation > 0)
        {
            machine.Upgrade(node, by, now);
        }
    });

    /// <summary>Somebody wants a node that is not there.</summary>
    /// <returns>Whether it is coming because it is wanted; whether it is on its way in any case; why it is not there.</returns>
    public (bool IsComing, bool MayCome, string? Reason) Wake(string node, string by)
    {
        if (!_views.TryGetValue(node, out NodeView? view))
        {
            return (false, false, null);
        }

        bool mayCome = view.State switch
        {
            SupervisedState.Failed or SupervisedState.Disabled => false,
            SupervisedState.Completed => view.Manifest.Activation.Mode == ActivationMode.OnDemand && view.Manifest.Readiness.Kind != ReadinessKind.Exit,
            _ => true,
        };
        if (mayCome && _waking.TryAdd(node, true))
        {
            _loop.Post((machine, now) =>
            {
                _waking.TryRemove(node, out _);
                if (machine.Activate(node, by, now) is { } error)
                {
                    _parts.Bus.FailCalls(node, error); // the view was older than the machine: nothing else would end the waiting
                }
            });
        }

        return (mayCome && view.Manifest.Activation.Mode == ActivationMode.OnDemand, mayCome, WhyNotCalled(view));
    }

    private async Task<ErrorInfo?> OperateAsync(string node, Func<SupervisorMachine, TimeSpan, ErrorInfo?> order, Func<NodeView, Settled?> judge, CancellationToken cancellationToken)
    {
        if (await _loop.AskAsync(order).WaitAsync(cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        await _memory.WrittenAsync().WaitAsync(cancellationToken).ConfigureAwait(false); // what an operator stopped stays stopped, also when the agent is killed now

        Settled settled = await _outcomes.WaitAsync(() => _views.TryGetValue(node, out NodeView? view) ? judge(view) : new Settled(null), cancellationToken).ConfigureAwait(false);
        return settled.Error switch
        {
            { Code: LocalCastError.NodeNotReady } error => error with { Message = Why.Brief(node, _views, Now) },
            { } error => error with { Message = $"'{node}': {error.Message}" }, // the chain of causes says nothing of a node that is well, though not as it was wanted
            null => null,
        };
    }
}
