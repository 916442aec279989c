using LocalCast.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalCast.Hosting.Internal;

/// <summary>Joins when the host starts and leaves when it stops, or when it is disposed of because something else could not start.</summary>
internal sealed class LocalNodeService(
    string name, IServiceProvider services, Action<LocalNodeOptions, IServiceProvider> configure, IReadOnlyList<Func<IServiceProvider, INodeHandlers>> handlers)
    : IHostedService, IAsyncDisposable, IDisposable
{
    private LocalNode? _node;
    private Task _listening = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LocalNodeAccessor accessor = services.GetRequiredKeyedService<LocalNodeAccessor>(name);
        try
        {
            var options = new LocalNodeOptions();
            configure(options, services);
            foreach (Func<IServiceProvider, INodeHandlers> find in handlers)
            {
                find(services).Register(options);
            }

            _node = await LocalNode.JoinAsync(name, options, cancellationToken).ConfigureAwait(false);
            if (services.GetService<IHostApplicationLifetime>() is { } lifetime)
            {
                _listening = StopHostWhenAskedAsync(_node, lifetime);
            }

            accessor.Joined(_node);
        }
        catch (Exception e)
        {
            accessor.Failed(e);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync().ConfigureAwait(false); // doing it twice is harmless
            await _listening.ConfigureAwait(false);
        }
    }

    /// <summary>For containers that are disposed of synchronously; after an orderly stop there is nothing left to wait for.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>The agent asks the node to end: the whole application ends in order, and with it the node, which lets running calls end first.</summary>
    private static async Task StopHostWhenAskedAsync(LocalNode node, IHostApplicationLifetime lifetime)
    {
        try
        {
            await node.WhenAskedToStopAsync().ConfigureAwait(false);
            lifetime.StopApplication();
        }
        catch (LocalCastException)
        {
            // It left without being asked.
        }
    }
}
