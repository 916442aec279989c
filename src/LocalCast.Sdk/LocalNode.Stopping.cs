using LocalCast.Protocol;

namespace LocalCast;

/// <content>Being asked to end.</content>
public sealed partial class LocalNode
{
    /// <summary>
    /// Cancelled when the agent asks the node to end, and when the node leaves. Who has read this property, or called <see cref="WhenAskedToStopAsync"/>, listens:
    /// the agent's request is accepted, and the program is expected to dispose of the node in time. A node in which nobody listens says so, and its process gets a signal instead.
    /// </summary>
    public CancellationToken Stopping => _core.Stop.Token;

    /// <summary>Waits for the agent to ask the node to end. Dispose of the node in answer to it: that lets running calls end, and says goodbye.</summary>
    /// <exception cref="LocalCastException">The node left without being asked, or was refused for good.</exception>
    public Task<StopRequest> WhenAskedToStopAsync(CancellationToken cancellationToken = default) => _core.Stop.Asked.WaitAsync(cancellationToken);

    /// <summary>Takes no new calls and lets the running ones end within the drain time-out, without leaving yet.</summary>
    internal ValueTask DrainAsync() => _link.DrainAsync();
}
