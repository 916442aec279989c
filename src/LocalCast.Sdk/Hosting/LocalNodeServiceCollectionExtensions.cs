using LocalCast.Hosting.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LocalCast.Hosting;

/// <summary>Makes a program with a Generic Host a node.</summary>
public static class LocalNodeServiceCollectionExtensions
{
    /// <summary>Has the host join as a node when it starts, and leave when it stops; the host stops when the agent asks the node to. Services reach it through <see cref="LocalNodeAccessor"/>.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="name">The name by which it joins. Several nodes in one host have several names.</param>
    /// <param name="configure">Sets the options, when the host starts.</param>
    public static LocalNodeBuilder AddLocalNode(this IServiceCollection services, string name, Action<LocalNodeOptions>? configure = null) =>
        AddLocalNode(services, name, (options, _) => configure?.Invoke(options));

    /// <summary>As above, with options that need services.</summary>
    public static LocalNodeBuilder AddLocalNode(this IServiceCollection services, string name, Action<LocalNodeOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        List<Func<IServiceProvider, INodeHandlers>> handlers = [];
        services.AddKeyedSingleton<LocalNodeAccessor>(name, static (_, _) => new LocalNodeAccessor());
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<LocalNodeAccessor>(name)); // without a key, the first node
        services.AddSingleton<IHostedService>(provider => new LocalNodeService(name, provider, configure, handlers));
        return new LocalNodeBuilder(name, services, handlers);
    }
}
