using System.Globalization;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>What the agent itself asks of a node for its keeper, and what the node answers.</summary>
internal sealed class NodeOrders(Hub hub)
{
    /// <summary>Asks a node to end. From now on it takes no new calls.</summary>
    public bool AskToStop(string name, long tag, TimeSpan within, string reason)
    {
        if (!hub.Membership.TryFind(name, tag, out Session? node))
        {
            return false;
        }

        hub.Parking.Drain(node);
        hub.Uplink.NodesChanged(); // others call it no more, either
        uint id = node.Orders.BeginStop();
        node.Sender.SendNow(
            new Envelope
            {
                Type = MessageType.Shutdown,
                Id = id.ToString(CultureInfo.InvariantCulture),
                From = NodeName.Agent,
                To = name,
                DeadlineMs = (uint)Math.Clamp(within.TotalMilliseconds, 0, uint.MaxValue),
                PayloadKind = PayloadKind.Json,
                Payload = SessionSender.Json(new ShutdownData { Reason = reason }, ControlJson.Default.ShutdownData),
            },
            urgent: true);
        return true;
    }

    /// <summary>Sends a node its own ping.</summary>
    public bool Ping(string name, long tag)
    {
        if (!hub.Membership.TryFind(name, tag, out Session? node))
        {
            return false;
        }

        node.Sender.SendNow(
            new Envelope
            {
                Type = MessageType.Ping,
                Id = node.Orders.NextPing().ToString(CultureInfo.InvariantCulture),
                From = NodeName.Agent,
                To = name,
                PayloadKind = PayloadKind.Json,
                Payload = SessionSender.Json(new PingData { Name = NodeName.Agent }, ControlJson.Default.PingData),
            },
            urgent: true);
        return true;
    }

    /// <summary>Has the keeper told once the node has nothing to answer: no call, no publication to acknowledge.</summary>
    public bool WatchDrain(string name, long tag)
    {
        if (!hub.Membership.TryFind(name, tag, out Session? node))
        {
            return false;
        }

        node.Orders.WatchDrain();
        hub.HasNewCalls = true; // housekeeping looks soon, and as long as it takes
        hub.Housekeeper.Wake();
        LookWhetherDrained(node);
        return true;
    }

    /// <summary>Housekeeping, and whoever begins to watch.</summary>
    /// <returns>Whether its end is still awaited.</returns>
    public bool LookWhetherDrained(Session node)
    {
        if (!node.HasOrders || !node.Orders.IsDrainWatched)
        {
            return false;
        }

        lock (node.CallsLock)
        {
            if (node.HasCalls)
            {
                return true;
            }
        }

        if (node.Orders.TryEndDrain())
        {
            Tell(node, (keeper, name, tag) => keeper.Drained(name, tag));
        }

        return false;
    }

    /// <summary>A pong for the agent.</summary>
    /// <returns>Whether it was asked for.</returns>
    public bool TryPong(Session node, in Packet packet)
    {
        if (!node.HasOrders || !ulong.TryParse(Answer.ReplyToOf(packet), NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) || !node.Orders.TryPong(id))
        {
            return false;
        }

        Tell(node, (keeper, name, tag) => keeper.Ponged(name, tag));
        return true;
    }

    /// <summary>A node asks for more time to stop.</summary>
    public void Extend(Session node, in Packet packet, DeliveryBatch batch)
    {
        if (!TryReadTime(packet, out uint ms))
        {
            Answer.WithError(node, packet, MessageType.Ack, new(LocalCastError.BadRequest, "extend needs deadline_ms: how much longer it takes"), batch);
        }
        else if (!node.HasOrders || !packet.Has(PacketFlags.Reply) || !node.Orders.TryExtend(packet.Sequence))
        {
            Answer.WithError(node, packet, MessageType.Ack, new(LocalCastError.BadRequest, "you were not asked to stop by this id, or asked for more time too often"), batch);
        }
        else
        {
            Tell(node, (keeper, name, tag) => keeper.Extended(name, tag, TimeSpan.FromMilliseconds(ms)));
        }
    }

    /// <summary>An answer to the request to stop: it will, or with an error, it does not know how.</summary>
    /// <returns>Whether it was that.</returns>
    public bool TryAcknowledge(Session node, in Packet packet)
    {
        if (!node.HasOrders || !packet.Has(PacketFlags.Reply) || !node.Orders.IsStop(packet.Sequence))
        {
            return false;
        }

        if (packet.Has(PacketFlags.Error) && node.Orders.TryRefuseStop(packet.Sequence))
        {
            Tell(node, (keeper, name, tag) => keeper.CannotStop(name, tag));
        }

        return true;
    }

    private void Tell(Session node, Action<INodeKeeper, string, long> news)
    {
        Member member = node.Member!;
        hub.Membership.NoteUnlessLeft(node, keeper => news(keeper, member.Name, member.Tag));
        hub.Keeper.Tell();
    }

    private static bool TryReadTime(in Packet packet, out uint ms)
    {
        uint? read = packet.DeadlineMs;
        try
        {
            read ??= packet.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.ExtendData)?.Ms : null;
        }
        catch (JsonException)
        {
            // Told by the caller.
        }

        ms = read ?? 0;
        return read is not null;
    }
}
