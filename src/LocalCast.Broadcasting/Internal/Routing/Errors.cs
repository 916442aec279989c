using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>The words of the errors that several routers give.</summary>
internal static class Errors
{
    private static readonly TimeSpan _shortly = TimeSpan.FromMilliseconds(100);

    public static ErrorInfo NodeNotFound(in Packet packet) => new(
        LocalCastError.NodeNotFound,
        packet.ToName.IsEmpty ? $"no node has the channel {packet.To}"
            : packet.ToName.Contains((byte)'@') ? $"'{Encoding.UTF8.GetString(packet.ToName)}' is the node of an agent in a mesh, and this agent is in none"
            : $"no node is named '{Encoding.UTF8.GetString(packet.ToName)}'");

    public static ErrorInfo NodeNotReady(Session node, string? why) => new(
        LocalCastError.NodeNotReady,
        $"'{node.Member!.Name}' {(node.Member.IsDraining ? "is stopping" : "has joined and is not ready yet")}{Because(why)}") { RetryAfter = _shortly };

    /// <summary>A node that the keeper knows, and that does not join; whether it runs is for the keeper to say.</summary>
    public static ErrorInfo NotThere(string name, string why) => new(LocalCastError.NodeNotReady, $"'{name}' has not joined{Because(why)}");

    /// <summary>A node that was to come, and did not in time.</summary>
    public static ErrorInfo DidNotCome(string name, string? why) => new(LocalCastError.Timeout, $"'{name}' was not ready in time{Because(why)}");

    public static ErrorInfo TooManyWait(string message, int waiting) => new(LocalCastError.Busy, $"{message}, no more fit")
    {
        RetryAfter = _shortly,
        DataJson = $"{{\"waiting\":{waiting}}}",
    };

    /// <summary>What the keeper says of it, to be added to a sentence.</summary>
    public static string Because(string? why) => why is null ? "" : $": {why}";

    public static ErrorInfo QueueFull(Session node) => new(
        LocalCastError.Busy,
        $"'{node.Member!.Name}' does not read: {node.Outbox.QueuedBytes} bytes wait for it already") { RetryAfter = _shortly };

    public static ErrorInfo TooManyCalls(string whose, int most) => new(LocalCastError.Busy, $"{whose} has {most} calls in flight, no more fit") { RetryAfter = _shortly };

    public static ErrorInfo TooManySubscriptions(int most) => new(LocalCastError.Busy, $"a participant has at most {most} subscriptions");

    public static ErrorInfo TooManySubscriptionTokens(int most) => new(LocalCastError.Busy, $"the subscriptions of a participant have at most {most} tokens in all");

    public static ErrorInfo HasLeft(Session node) => new(LocalCastError.Disconnected, $"'{node.Member!.Name}' has just left");

    public static ErrorInfo Disconnected(string name, ErrorInfo reason) => new(LocalCastError.Disconnected, $"'{name}' left before it answered: {reason.Message}");
}
