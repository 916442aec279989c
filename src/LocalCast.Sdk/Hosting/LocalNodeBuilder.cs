using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LocalCast.Hosting;

/// <summary>Adds to a node of a host.</summary>
public sealed class LocalNodeBuilder
{
    private readonly List<Func<IServiceProvider, INodeHandlers>> _handlers;

    internal LocalNodeBuilder(string name, IServiceCollection services, List<Func<IServiceProvider, INodeHandlers>> handlers) =>
        (Name, Services, _handlers) = (name, services, handlers);

    /// <summary>The name by which the node joins.</summary>
    public string Name { get; }

    /// <summary>Where services are added.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Has a service offer its methods. It is a singleton unless it was added otherwise before.</summary>
    public LocalNodeBuilder AddHandlers<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, INodeHandlers
    {
        Services.TryAddSingleton<T>();
        _handlers.Add(static services => services.GetRequiredService<T>());
        return this;
    }
}
