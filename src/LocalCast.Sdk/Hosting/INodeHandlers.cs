namespace LocalCast.Hosting;

/// <summary>Methods of a node as a service: what they need comes through the constructor.</summary>
public interface INodeHandlers
{
    /// <summary>Offers the methods. Called once, before the node joins, so that nobody finds the node without them.</summary>
    void Register(INodeMethods methods);
}
