using System.Text.Json;
using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>What the supervisor asks of the hub.</summary>
public sealed class HubBus(Broadcaster broadcaster) : INodeBus
{
    /// <summary>Where every transition of a supervised node is published.</summary>
    public const string StatesTopic = "localcast.states";

    public void Keep(IReadOnlyCollection<string> names) => broadcaster.SetKept(names);

    public void AskToStop(string node, int generation, TimeSpan within, string reason) => broadcaster.AskToStop(node, generation, within, reason);

    public void Ping(string node, int generation) => broadcaster.Ping(node, generation);

    public void WatchDrain(string node, int generation) => broadcaster.WatchDrain(node, generation);

    public void MoveName(string node, int generation) => broadcaster.MoveName(node, generation);

    public void HoldCalls(string node) => broadcaster.HoldCalls(node);

    public void ReleaseCalls(string node) => broadcaster.ReleaseCalls(node);

    public void FailCalls(string node, ErrorInfo error) => broadcaster.FailCalls(node, error);

    public TimeSpan IdleTime(string node) => broadcaster.IdleTime(node) ?? TimeSpan.Zero;

    public void Announce(string node, Transition transition, bool isLoud)
    {
        if (broadcaster.IsHeard(StatesTopic))
        {
            var change = new StateChange(node, transition.State.ToString(), transition.Cause, transition.By, isLoud);
            broadcaster.PublishOwn(StatesTopic, JsonSerializer.SerializeToUtf8Bytes(change, OperationsJson.Default.StateChange));
        }
    }
}

/// <summary>The payload of a publication on <c>localcast.states</c>.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">To which state.</param>
/// <param name="Cause">Why.</param>
/// <param name="By">By whom.</param>
/// <param name="Loud">Whether somebody should look.</param>
public sealed record StateChange(string Node, string State, string Cause, string By, bool Loud);
