using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls to the agent itself.</summary>
internal sealed class AgentMethods(Hub hub)
{
    private static readonly string[] _own = ["info", "ps"];

    public void Call(Session caller, in Packet packet, DeliveryBatch batch)
    {
        string method = Encoding.UTF8.GetString(packet.Method);
        if (caller.IsUplink && !_own.Contains(method))
        {
            Answer.WithError(caller, packet, MessageType.Result, new(LocalCastError.Forbidden, $"'{method}' of an agent can be called on its own machine only; from elsewhere it has {string.Join(", ", _own)}"), batch);
        }
        else if (caller.IsUplink && method == "ps" && !hub.Uplink.TellsNodes)
        {
            Answer.WithError(caller, packet, MessageType.Result, new(LocalCastError.Forbidden, "this agent does not tell others of its nodes"), batch);
        }
        else if (method == "info")
        {
            Answer.With(caller, packet, MessageType.Result, SessionSender.Json(hub.Agent, ControlJson.Default.AgentInfo), batch);
        }
        else if (hub.AgentCalls.TryOffer(caller, packet, batch, out ErrorInfo? error))
        {
            if (error is not null)
            {
                Answer.WithError(caller, packet, MessageType.Result, error, batch);
            }
        }
        else if (method == "ps")
        {
            Answer.With(caller, packet, MessageType.Result, SessionSender.Json([.. hub.Membership.Describe()], ControlJson.Default.ListNodeDescription), batch);
        }
        else
        {
            string known = string.Join(", ", _own.Union(hub.Keeper.Methods).Order(StringComparer.Ordinal));
            Answer.WithError(caller, packet, MessageType.Result, new(LocalCastError.MethodNotFound, $"the agent has no method '{method}'; it has {known}"), batch);
        }
    }
}
