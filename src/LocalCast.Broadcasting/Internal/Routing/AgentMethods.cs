using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls to the agent itself.</summary>
internal sealed class AgentMethods(Hub hub)
{
    public void Call(Session caller, in Packet packet, DeliveryBatch batch)
    {
        string method = Encoding.UTF8.GetString(packet.Method);
        switch (method)
        {
            case "ps":
                Answer.With(caller, packet, MessageType.Result, SessionSender.Json([.. hub.Membership.Describe()], ControlJson.Default.ListNodeDescription), batch);
                break;
            case "info":
                Answer.With(caller, packet, MessageType.Result, SessionSender.Json(hub.Agent, ControlJson.Default.AgentInfo), batch);
                break;
            default:
                Answer.WithError(caller, packet, MessageType.Result, new(LocalCastError.MethodNotFound, $"the agent has no method '{method}'; it has ps and info"), batch);
                break;
        }
    }
}
