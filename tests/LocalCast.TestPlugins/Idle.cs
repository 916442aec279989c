namespace LocalCast.TestPlugins;

/// <summary>Does nothing, where those who inherit from it do not do something bad.</summary>
public abstract class Idle : INodePlugin
{
    public virtual ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
