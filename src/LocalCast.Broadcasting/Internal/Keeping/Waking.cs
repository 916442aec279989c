using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls to a node that does not take them now: asks the keeper whether it is coming, and only then has them wait. Never hot: a call to a node that is open does not come here.</summary>
internal sealed class Waking(Hub hub)
{
    /// <summary>How often the keeper is asked anew when the node failed just as it was asked.</summary>
    private const int MostQuestions = 3;

    private Dictionary<Channel, string> _kept = []; // replaced as a whole

    /// <summary>The nodes that the keeper looks after, so that one that is not there can be told by its channel.</summary>
    public void SetKept(IEnumerable<string> names) =>
        Volatile.Write(ref _kept, names.Distinct(StringComparer.Ordinal).ToDictionary(name => Channel.OfName(name)));

    /// <summary>Whether the keeper looks after it.</summary>
    public bool IsKept(Channel channel) => Volatile.Read(ref _kept).ContainsKey(channel);

    /// <summary>A call that cannot be delivered at once.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="packet">The call.</param>
    /// <param name="batch">What it came with.</param>
    /// <param name="isForHere">Whether it stays on this machine when the node does not come.</param>
    /// <returns>The error when it does not wait either.</returns>
    public ErrorInfo? Call(Session caller, in Packet packet, DeliveryBatch batch, bool isForHere)
    {
        string? meant = NameOf(packet);
        var wish = new CallWish(caller, meant, isForHere);
        for (int question = 1; ; question++)
        {
            if (hub.Parking.TrySettle(wish, packet, batch, out Session? node, out int failures, out ErrorInfo? settled))
            {
                return settled;
            }

            string? name = node?.Member!.Name ?? meant;
            WakeAnswer answer = name is null ? default : hub.Keeper.Wake(name, caller.Member!.Name);
            if (!answer.IsComing)
            {
                return hub.Parking.TrySettle(wish, packet, batch, out node, out _, out settled) ? settled // it is here by now
                    : node is not null ? Errors.NodeNotReady(node, answer.Reason)
                    : answer.Reason is null ? Errors.NodeNotFound(packet)
                    : Errors.NotThere(name!, answer.Reason);
            }

            if (hub.Parking.TryPark(wish, packet, batch, failures, out settled))
            {
                return settled;
            }

            if (question == MostQuestions)
            {
                return node is not null ? Errors.NodeNotReady(node, answer.Reason) : Errors.NotThere(name!, answer.Reason ?? "it fails again and again");
            }
        }
    }

    /// <summary>The name that a caller means, if it says it or the keeper knows it.</summary>
    private string? NameOf(in Packet packet)
    {
        if (!hub.Keeper.IsThere)
        {
            return null;
        }

        string name = Encoding.UTF8.GetString(packet.ToName);
        return NodeName.IsValid(name, out _) && Channel.OfName(name) == packet.To ? name : Volatile.Read(ref _kept).GetValueOrDefault(packet.To);
    }
}
