using LocalCast.Protocol;

namespace LocalCast.Supervision;

/// <summary>What the supervisor asks of the place where nodes join. Thread-safe; nothing here blocks or throws; what is asked of somebody who left is dropped.</summary>
/// <remarks>A generation names the instance's session: the place learns it from <see cref="LiveInstances.Judge"/>.</remarks>
public interface INodeBus
{
    /// <summary>Names the nodes that are looked after.</summary>
    void Keep(IReadOnlyCollection<string> names);

    /// <summary>Asks a node, in band, to end.</summary>
    void AskToStop(string node, int generation, TimeSpan within, string reason);

    /// <summary>Sends the node's own ping.</summary>
    void Ping(string node, int generation);

    /// <summary>Tells when the instance has no call in flight.</summary>
    void WatchDrain(string node, int generation);

    /// <summary>Gives the name to this instance.</summary>
    void MoveName(string node, int generation);

    /// <summary>Holds calls to the node back.</summary>
    void HoldCalls(string node);

    /// <summary>Delivers what was held back, and holds back no more.</summary>
    void ReleaseCalls(string node);

    /// <summary>Answers what waits for the node with an error.</summary>
    void FailCalls(string node, ErrorInfo error);

    /// <summary>For how long nobody called the node; zero while a call is in flight.</summary>
    TimeSpan IdleTime(string node);

    /// <summary>Tells everybody of a node's transition.</summary>
    void Announce(string node, Transition transition, bool isLoud);
}
