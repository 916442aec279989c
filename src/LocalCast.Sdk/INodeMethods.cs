namespace LocalCast;

/// <summary>Where methods are offered: a node that is in, or the options of one that is about to join. <see cref="HandlerExtensions"/> adds the convenient forms.</summary>
public interface INodeMethods
{
    /// <summary>Offers a method.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="handler">Serves a call: reads its payload, replies at most once; no reply is a null result. What it throws becomes the caller's error.</param>
    /// <exception cref="InvalidOperationException">The method has a handler already.</exception>
    void AddHandler(string method, Func<CallContext, ValueTask> handler);
}
