using LocalCast.Protocol;

namespace LocalCast.Broadcasting;

/// <summary>What a keeper has the hub do. Every member may be called from any thread, also from within a member of the keeper.</summary>
public sealed partial class Broadcaster
{
    private const int EnvelopeRoom = 256; // what a publication needs beside its payload

    /// <summary>Asks an instance to end within the time. From now on it is Draining and gets no new calls. Answered by Extended, CannotStop, or its leaving.</summary>
    /// <returns>Whether it is connected.</returns>
    public bool AskToStop(string name, long tag, TimeSpan within, string reason) => _hub.Orders.AskToStop(name, tag, within, reason);

    /// <summary>Sends an instance its own ping. Answered by Ponged.</summary>
    /// <returns>Whether it is connected.</returns>
    public bool Ping(string name, long tag) => _hub.Orders.Ping(name, tag);

    /// <summary>Has Drained told, once, when an instance has nothing left to answer; at once when that is so.</summary>
    /// <returns>Whether it is connected.</returns>
    public bool WatchDrain(string name, long tag) => _hub.Orders.WatchDrain(name, tag);

    /// <summary>Gives a name to the session with this tag. The one that had it stays connected without a name; it can answer the calls that it got, and get the name back.</summary>
    /// <returns>Whether the session has the name now; <see langword="false"/> when it is not connected.</returns>
    public bool MoveName(string name, long tag) => _hub.Membership.Move(name, tag);

    /// <summary>From now on, calls and requirements of the node wait.</summary>
    public void HoldCalls(string name) => _hub.Parking.Hold(name);

    /// <summary>Ends <see cref="HoldCalls"/>: what waits is delivered, in order, to whoever has the name. When nobody serves by it, it waits on, within its callers' time.</summary>
    public void ReleaseCalls(string name)
    {
        _hub.Parking.Release(name);
        _hub.Requires.NodeReady(name);
    }

    /// <summary>Answers all calls and requirements that wait for the node with an error.</summary>
    public void FailCalls(string name, ErrorInfo error)
    {
        _hub.Parking.Ends.Fail(name, error);
        _hub.Requires.Fail(name, error);
    }

    /// <summary>For how long nobody called the node; zero while calls wait or are in flight, <see langword="null"/> when nobody has the name.</summary>
    public TimeSpan? IdleTime(string name)
    {
        var channel = Channel.OfName(name);
        return _hub.Parking.HasCallsFor(channel) ? TimeSpan.Zero
            : !_hub.Membership.TryFind(channel, out Internal.Session? node) ? null
            : node.HasCalls ? TimeSpan.Zero
            : _hub.Now - node.LastCalled;
    }

    /// <summary>Names the nodes that the keeper looks after, so that a call that has only a channel can wake one.</summary>
    public void SetKept(IReadOnlyCollection<string> names) => _hub.Waking.SetKept(names);

    /// <summary>Whether anybody gets what is published on a topic of the agent's own: if not, nothing need be written.</summary>
    public bool IsHeard(string topic) => _hub.Subscriptions.MatchOwn(topic).Count > 0;

    /// <summary>Publishes JSON on a topic of the agent's own.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.TooLarge"/> when it does not fit into a frame.</exception>
    public void PublishOwn(string topic, ReadOnlyMemory<byte> json)
    {
        if (json.Length > _hub.Options.Protocol.MaxFrameBytes - EnvelopeRoom)
        {
            throw new LocalCastException(LocalCastError.TooLarge, $"a frame has at most {_hub.Options.Protocol.MaxFrameBytes} bytes, a publication of {json.Length} does not fit");
        }

        _hub.Topics.PublishOwn(topic, json);
    }
}
