using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

internal static partial class MeshLog
{
    [LoggerMessage(4001, LogLevel.Information, "In the mesh {Network} as {Id}{Listening}")]
    public static partial void Started(ILogger logger, string network, string id, string listening);

    [LoggerMessage(4002, LogLevel.Warning, "The mesh is open: mesh.security is none, so whoever reaches {Address} can call every node of this machine")]
    public static partial void Open(ILogger logger, string address);

    [LoggerMessage(4003, LogLevel.Debug, "{Address} could not be dialled: {Reason}")]
    public static partial void DialFailed(ILogger logger, string address, string reason);

    [LoggerMessage(4004, LogLevel.Information, "Mesh: {What} {Peer} {Reason}")]
    public static partial void Notice(ILogger logger, string what, string? peer, string? reason);

    [LoggerMessage(4011, LogLevel.Debug, "Mesh: {What} {Peer} {Reason}")]
    public static partial void Detail(ILogger logger, string what, string? peer, string? reason);

    [LoggerMessage(4005, LogLevel.Information, "Agent {Name} ({Id}) can be reached")]
    public static partial void AgentArrived(ILogger logger, string name, string id);

    [LoggerMessage(4006, LogLevel.Information, "Agent {Name} ({Id}) can no longer be reached")]
    public static partial void AgentLost(ILogger logger, string name, string id);

    [LoggerMessage(4014, LogLevel.Warning, "Mesh: {What} {Peer} {Reason}")]
    public static partial void Alarm(ILogger logger, string what, string? peer, string? reason);

    [LoggerMessage(4009, LogLevel.Debug, "The queue of link {Link} is {State}")]
    public static partial void Congested(ILogger logger, long link, string state);

    [LoggerMessage(4010, LogLevel.Warning, "Link {Link}: a message of type {Type} cannot be sent: {Reason}")]
    public static partial void NotSent(ILogger logger, long link, string type, string reason);

    [LoggerMessage(4012, LogLevel.Warning, "{Count} publications of other agents did not reach this machine's participants: the hub was behind")]
    public static partial void Dropped(ILogger logger, long count);

    [LoggerMessage(4013, LogLevel.Warning, "The way to the participants of this machine ended: {Reason}. It is opened again in {Seconds} s; calls from and to other agents fail until then")]
    public static partial void HubEnded(ILogger logger, string reason, double seconds);

    [LoggerMessage(4015, LogLevel.Warning, "The peer {Address} is the address of this agent itself, and is left out")]
    public static partial void OwnAddress(ILogger logger, string address);

    [LoggerMessage(4007, LogLevel.Error, "A defect in the mesh")]
    public static partial void Defect(ILogger logger, Exception exception);

    [LoggerMessage(4008, LogLevel.Warning, "What was learnt of the mesh cannot be kept: {Reason}")]
    public static partial void NotKept(ILogger logger, string reason);
}
