using System.Diagnostics.CodeAnalysis;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Says what goes to other agents. They are one session, which is in no directory. Without one everything stays on this machine.</summary>
internal sealed class UplinkPort(Hub hub)
{
    private IUplink? _uplink;
    private Session? _session;

    /// <summary>What the uplink may send in one frame: what came whole from elsewhere has longer names here.</summary>
    public static int MostFrameBytes(ProtocolLimits limits) => limits.MaxFrameBytes + Broadcaster.UplinkHeadroom;

    /// <summary>The session that stands for all other agents.</summary>
    public Session? Session => Volatile.Read(ref _session);

    public void Connect(IUplink uplink, Session session)
    {
        _uplink = uplink;
        Volatile.Write(ref _session, session);
        uplink.NodesChanged();
    }

    /// <summary>The uplink ended: from now on everything stays on this machine.</summary>
    public bool TryDisconnect(Session session) => session.IsUplink && Interlocked.CompareExchange(ref _session, null, session) == session;

    public void SetTopics(IReadOnlyCollection<string> topics)
    {
        if (Session is { } session)
        {
            hub.Subscriptions.Set(session, topics);
        }
    }

    /// <summary>A participant of this machine, or what it subscribes to, is not what it was.</summary>
    public void NodesChanged() => _uplink?.NodesChanged();

    /// <summary>A call to a node that takes none here: elsewhere, if it says so, or if another agent has the node and this one does not expect it.</summary>
    /// <returns>The error when it is neither delivered nor waits.</returns>
    /// <param name="caller">Who calls.</param>
    /// <param name="packet">The call.</param>
    /// <param name="batch">What it came with.</param>
    /// <param name="isForHere">The caller named this agent: elsewhere is no substitute.</param>
    public ErrorInfo? Call(Session caller, in Packet packet, DeliveryBatch batch, bool isForHere)
    {
        if (Session is not { } uplink || caller.IsUplink || isForHere)
        {
            return hub.Waking.Call(caller, packet, batch, isForHere || caller.IsUplink);
        }

        if (AgentOf(packet) is { } agent)
        {
            return _uplink!.IsThisAgent(agent) ? CallHere(caller, packet, batch) : Forward(uplink, caller, packet, batch);
        }

        if (_uplink!.HasNode(packet.To) && !hub.Membership.TryFind(packet.To, out _) && !hub.Waking.IsKept(packet.To))
        {
            return Forward(uplink, caller, packet, batch);
        }

        ErrorInfo? error = hub.Waking.Call(caller, packet, batch, isForHere: false);
        return error?.Code is LocalCastError.NodeNotFound or LocalCastError.NodeNotReady && _uplink.CanReach(packet.To) ? Forward(uplink, caller, packet, batch) : error;
    }

    /// <summary>Who gets a message that is neither a call nor a publication and is for one: a participant of this machine, also where this agent is named, or the uplink.</summary>
    public bool TryFind(Session sender, in Packet packet, [NotNullWhen(true)] out Session? receiver)
    {
        if (hub.Membership.TryFind(packet.To, out receiver))
        {
            return true;
        }

        if (Session is { } session && sender != session && AgentOf(packet) is { } agent)
        {
            receiver = !_uplink!.IsThisAgent(agent) ? session
                : hub.Membership.TryFind(Channel.OfName(NodeOf(packet)), out Session? here) ? here : null;
        }

        return receiver is not null;
    }

    /// <summary>Why a publication to a group is not sent: only the group's members may. Where there are no other agents, groups keep nothing.</summary>
    public ErrorInfo? WhyNotToGroup(Session publisher, in Packet packet)
    {
        if (packet.Group.IsEmpty || publisher.IsUplink || Session is null)
        {
            return null;
        }

        string group = Encoding.UTF8.GetString(packet.Group);
        return _uplink!.IsInGroup(group) ? null : new ErrorInfo(LocalCastError.Forbidden, $"this agent is not in the group '{group}'");
    }

    /// <summary>What this agent is called among others; nothing where there are none.</summary>
    public string? AgentId => Session is null ? null : hub.Options.AgentId ?? hub.Options.AgentName;

    /// <summary>What a node is called on this machine, where it may be meant: <c>name</c>, or <c>name@agent</c> of this agent.</summary>
    public string? NameHere(string name) =>
        name.IndexOf('@', StringComparison.Ordinal) is var at and >= 0 ? _uplink?.IsThisAgent(name[(at + 1)..]) == true ? name[..at] : null : name;

    /// <summary>Whether those elsewhere may learn who is on this machine.</summary>
    public bool TellsNodes => _uplink?.TellsNodes != false;

    /// <summary>Where what waits for a node of this machine may go instead. Not to an agent that is away: why the node does not come here says more than that there is no way there.</summary>
    public Session? InsteadOf(Channel node) => Session is { } session && _uplink!.CanReach(node) ? session : null;

    /// <summary>Whether a message is for this agent itself, by the name that it has in the mesh.</summary>
    public bool IsForThisAgent(in Packet packet) =>
        Session is not null && AgentOf(packet) is { } agent && _uplink!.IsThisAgent(agent) && (packet.ToName[0] == (byte)'@' || packet.ToName.StartsWith("localcast@"u8));

    /// <summary>What of a message from elsewhere this machine does not take; everything else does not concern the uplink itself.</summary>
    public static ErrorInfo? Refusal(in Packet packet) => packet.Type switch
    {
        MessageType.Other when packet.TypeName.SequenceEqual("ready"u8) => new(LocalCastError.Forbidden, "no participant speaks for the uplink"),
        MessageType.Call or MessageType.Result or MessageType.Required or MessageType.Publish or MessageType.Ack or MessageType.Cancel or MessageType.Ping or MessageType.Pong
            or MessageType.PingRequest or MessageType.Other => null,
        _ => new(LocalCastError.Forbidden, $"'{MessageTypes.NameOf(packet.Type)}' is between a participant and its own agent"),
    };

    /// <summary>Whether what a participant sent to other agents met a link that is nearly full.</summary>
    public bool TakeCongestion(Session sender) => Session is not null && _uplink!.TakeCongestion(sender.Member!.Channel);

    /// <summary>The session, where calls are looked for.</summary>
    public IEnumerable<Session> AsCallee => Session is { } session ? [session] : [];

    /// <summary>Those on this machine who get a publication, and the uplink when others get it as well.</summary>
    public Session[] With(Session[] receivers, Session publisher) =>
        Session is { } uplink && publisher != uplink && _uplink!.HasAgents ? [.. receivers, uplink] : receivers;

    /// <summary>How many subscribers of a publication other agents have.</summary>
    public int WeightOf(in Packet packet) =>
        _uplink!.CountSubscribers(Encoding.UTF8.GetString(packet.Topic), packet.Group.IsEmpty ? null : Encoding.UTF8.GetString(packet.Group));

    /// <summary>How many nodes a discovery reaches beyond this machine.</summary>
    public int CountNodes(Session asker) => Session is { } uplink && asker != uplink && _uplink!.HasAgents ? _uplink.CountNodes() : 0;

    private static ReadOnlySpan<byte> NodeOf(in Packet packet) => packet.ToName[..packet.ToName.IndexOf((byte)'@')];

    private static string? AgentOf(in Packet packet) =>
        packet.ToName.IndexOf((byte)'@') is >= 0 and var at ? Encoding.UTF8.GetString(packet.ToName[(at + 1)..]) : null;

    private ErrorInfo? Forward(Session uplink, Session caller, in Packet packet, DeliveryBatch batch) =>
        hub.Calls.TryForward(caller, uplink, packet, batch, out ErrorInfo? error) ? error : new(LocalCastError.NoRoute, "this agent leaves the mesh");

    /// <summary>The agent that was named is this one: the name before it is meant.</summary>
    private ErrorInfo? CallHere(Session caller, in Packet packet, DeliveryBatch batch)
    {
        ReadOnlySpan<byte> name = NodeOf(packet);
        name = name.IsEmpty ? "localcast"u8 : name;
        var rewrite = new PacketRewrite
        {
            Flags = packet.Flags,
            Sequence = packet.Sequence,
            To = Channel.OfName(name),
            From = packet.From,
            Addressing = (byte[])[.. packet.FromField, (byte)(name.Length >> 8), (byte)name.Length, .. name],
            Rest = packet.RestWithIds,
        };
        Span<byte> head = stackalloc byte[PacketRewrite.HeadSize];
        rewrite.WriteHead(packet, head);
        byte[] here = [.. head[FrameReader.PrefixSize..], .. rewrite.Addressing, .. rewrite.Rest, .. packet.Payload];
        if (Packet.TryRead(here, out Packet readdressed, out string? why))
        {
            hub.Calls.Call(caller, readdressed, batch, isForHere: true);
            return null;
        }

        return new ErrorInfo(LocalCastError.BadRequest, why);
    }
}
