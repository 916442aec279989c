namespace LocalCast;

/// <summary>
/// A node as a class in an assembly, for an agent to run: in a process of its own, or in the agent. The class needs a constructor without parameters. The order is fixed:
/// <see cref="ConfigureAsync"/>, then the node joins without being ready, <see cref="StartAsync"/>, and it is ready; at the end it takes no new calls, the running ones end, <see cref="StopAsync"/>, and it leaves.
/// </summary>
/// <remarks>An object is started at most once, and disposed of at the end if it can be. What one of the three throws ends the instance, with the exception's message as the reason that people see.</remarks>
public interface INodePlugin
{
    /// <summary>Reads the settings and sets how the node joins: what it requires, its handlers, its options.</summary>
    ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken);

    /// <summary>The node has joined and what it requires is there. Handlers can be added still; when this has ended, the node is ready.</summary>
    ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken);

    /// <summary>Gives back what the plugin holds. The node is still in, so that last words can be published. Called only after a start that succeeded.</summary>
    /// <param name="cancellationToken">Cancelled at the deadline; after it nobody waits any more.</param>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
