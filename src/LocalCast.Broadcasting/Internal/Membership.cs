using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who is in: joining, becoming ready, leaving, and what of it everybody is told.</summary>
internal sealed class Membership(Hub hub)
{
    public static readonly Channel AgentChannel = Channel.OfName(NodeName.Agent);

    private const int EnvelopeRoom = 256; // what an event needs beside its data

    private readonly NameRegistry<Session> _names = new();
    private readonly ConcurrentDictionary<Channel, Session> _directory = new(); // the registry's content, readable without its lock
    private readonly List<Claim> _claims = [];
    private readonly Lock _lock = new();

    /// <summary>All participants that others may call.</summary>
    public IEnumerable<Session> Nodes => _directory.Select(entry => entry.Value).Where(session => session.Member!.IsNode);

    public bool HasClaims => _claims.Count > 0;

    public int NameCount => _names.Count;

    public int ChannelCount => _directory.Count;

    public int ClaimCount => _claims.Count;

    public bool TryFind(Channel channel, [NotNullWhen(true)] out Session? session) => _directory.TryGetValue(channel, out session);

    public bool IsReady(string name) => TryFind(Channel.OfName(name), out Session? session) && session.Member!.IsReady;

    public NodeDescription? TryDescribe(string name) => TryFind(Channel.OfName(name), out Session? session) ? Describe(session) : null;

    public List<NodeDescription> Describe() => [.. _directory.Select(entry => Describe(entry.Value)).OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>The first frame of a session.</summary>
    public void Greet(Session session, Envelope first, TimeSpan now)
    {
        if (session.IsClaiming)
        {
            Refuse(session, new ErrorInfo(LocalCastError.BadRequest, "nothing may follow the hello before it is answered"));
            return;
        }

        if (!Handshake.TryAccept(first, out Hello? hello, out ErrorInfo? refusal))
        {
            Refuse(session, refusal);
            return;
        }

        refusal = (hello.Topics ?? []).Select(topic => Topic.WhatIsWrong(topic, allowWildcards: true))
            .Where(why => why is not null).Select(why => new ErrorInfo(LocalCastError.BadRequest, $"hello.data.topics: {why}")).FirstOrDefault();
        var share = new SubscriptionShare(); // not its own yet: it has no name
        foreach (string topic in hello.Topics ?? [])
        {
            refusal ??= share.TryAdd(topic, hub.Options, out _);
        }

        if (refusal is not null)
        {
            Refuse(session, refusal);
            return;
        }

        ClaimName(session, new Member(hello), now);
    }

    /// <summary>Housekeeping: settles claims to names whose holders were asked whether they live, and refuses sessions that never said hello.</summary>
    public void SettleClaims(TimeSpan now)
    {
        List<Claim> settled;
        lock (_lock)
        {
            settled = [.. _claims.Where(claim => claim.IsHolderAlive || claim.Holder.HasLeft || now - claim.Since >= hub.Options.ClaimProbe)];
            _claims.RemoveAll(settled.Contains);
        }

        foreach (Claim claim in settled)
        {
            Guarded.Run(hub, () => Settle(claim, now));
        }
    }

    private void Settle(Claim claim, TimeSpan now)
    {
        if (claim.Holder.HasLeft)
        {
            ClaimName(claim.Claimant, claim.Member, now);
        }
        else if (claim.IsHolderAlive)
        {
            Refuse(claim.Claimant, new ErrorInfo(LocalCastError.DuplicateName, $"a live participant holds the name '{claim.Member.Name}'"));
        }
        else
        {
            hub.Counters.CountDroppedParticipant();
            var reason = new ErrorInfo(LocalCastError.Disconnected, "it did not answer when somebody else claimed its name");
            claim.Holder.Close(reason);
            Leave(claim.Holder, reason);
            ClaimName(claim.Claimant, claim.Member, now);
        }
    }

    /// <summary>A participant serves from now on, or offers other methods than before.</summary>
    public void Ready(Session session, Envelope message, DeliveryBatch batch)
    {
        Member member = session.Member!;
        if (message.PayloadKind == PayloadKind.Json)
        {
            try
            {
                IReadOnlyList<string>? methods = JsonSerializer.Deserialize(message.Payload.Span, ControlJson.Default.ReadyData)?.Methods;
                if (Handshake.WhatIsWrong(methods) is { } why)
                {
                    Answer.Send(session, MessageType.Ack, message.Id, default, new ErrorInfo(LocalCastError.BadRequest, $"ready.data.methods: {why}"), batch);
                    return;
                }

                member.Methods = methods ?? member.Methods;
            }
            catch (JsonException)
            {
                Answer.Send(session, MessageType.Ack, message.Id, default, new ErrorInfo(LocalCastError.BadRequest, "ready.data.methods must be an array of strings"), batch);
                return;
            }
        }

        if (message.Id is not null)
        {
            Answer.Send(session, MessageType.Ack, message.Id, default, error: null, batch);
        }

        if (!member.IsReady)
        {
            member.IsReady = true;
            Announce("ready", session, reason: null);
            hub.Requires.NodeReady(member.Name);
        }
    }

    /// <summary>A session ended, or lost its name. Doing it twice does nothing.</summary>
    public void Leave(Session session, ErrorInfo reason)
    {
        Member? member;
        lock (_lock)
        {
            session.HasLeft = true;
            _claims.RemoveAll(claim => claim.Claimant == session);
            member = session.Member;
            if (member is null || !_names.Release(member.Name, session))
            {
                return;
            }

            _directory.TryRemove(member.Channel, out _);
        }

        HubLog.Left(hub.Logger, session.Id, member.Name, reason.Message);
        Guarded.Run(hub, () => hub.Calls.Leave(session, reason));
        Guarded.Run(hub, () => hub.Subscriptions.Leave(session));
        Guarded.Run(hub, () => hub.Pings.Leave(session));
        Guarded.Run(hub, () => hub.Requires.Leave(session));
        Guarded.Run(hub, () => Announce("left", session, reason.ToString()));
    }

    private void ClaimName(Session session, Member member, TimeSpan now)
    {
        ClaimResult result;
        Session? holder;
        lock (_lock)
        {
            if (session.HasLeft)
            {
                return;
            }

            result = _names.Claim(member.Name, session, out holder);
            if (result == ClaimResult.Granted)
            {
                session.Member = member;
                session.Sender.Send(HelloAck(session, member)); // before anybody can find it: nothing comes ahead of the answer
                _directory[member.Channel] = session;
            }
            else if (result == ClaimResult.Held)
            {
                session.IsClaiming = true;
                _claims.Add(new Claim(session, member, holder!, now));
            }
        }

        switch (result)
        {
            case ClaimResult.Granted:
                Welcome(session, member);
                break;
            case ClaimResult.Held:
                holder!.Sender.SendNow(Probe(), urgent: true); // housekeeping looks for its answer
                break;
            case ClaimResult.Collision:
            default:
                Refuse(session, new ErrorInfo(LocalCastError.DuplicateName, $"another name in use has the same channel as '{member.Name}'"));
                break;
        }
    }

    private Envelope HelloAck(Session session, Member member)
    {
        var ack = new HelloAck
        {
            Protocol = ProtocolVersion.Newest,
            Agent = hub.Agent,
            Session = session.Id,
            Channel = member.Channel.ToString(),
            Limits = new SessionLimits
            {
                MaxFrameBytes = hub.Options.Protocol.MaxFrameBytes,
                MaxQueuedBytes = hub.Options.MaxQueuedBytes,
                MaxCalls = hub.Options.MaxCalls,
                MaxSubscriptions = hub.Options.MaxSubscriptions,
                MaxFramesPerSecond = hub.Options.MaxFramesPerSecond,
            },
        };
        return new Envelope
        {
            Type = MessageType.HelloAck,
            From = NodeName.Agent,
            PayloadKind = PayloadKind.Json,
            Payload = SessionSender.Json(ack, ControlJson.Default.HelloAck),
        };
    }

    private void Welcome(Session session, Member member)
    {
        foreach (string topic in member.Hello.Topics ?? [])
        {
            hub.Subscriptions.TryAdd(session, topic);
        }

        session.Flush();
        HubLog.Joined(hub.Logger, session.Id, member.Name, member.IsNode ? "node" : "client");
        Announce("arrived", session, reason: null);
        if (member.IsReady)
        {
            hub.Requires.NodeReady(member.Name);
        }
    }

    private void Refuse(Session session, ErrorInfo reason)
    {
        hub.Counters.CountRefusedHello();
        HubLog.Refused(hub.Logger, session.Id, reason.ToString());
        session.Close(reason);
    }

    private void Announce(string what, Session session, string? reason)
    {
        if (session.Member!.IsNode)
        {
            var news = new NodeEvent { Event = what, Node = Describe(session), Reason = reason };
            ReadOnlyMemory<byte> json = SessionSender.Json(news, ControlJson.Default.NodeEvent);
            if (json.Length > hub.Options.Protocol.MaxFrameBytes - EnvelopeRoom)
            {
                json = SessionSender.Json(news with { Node = news.Node with { Methods = null, Requires = null, Topics = null } }, ControlJson.Default.NodeEvent);
            }

            hub.Topics.PublishOwn(Topic.Nodes, json);
        }
    }

    private NodeDescription Describe(Session session) => session.Member!.Describe(hub.Now - session.StartedAt, hub.Subscriptions.PatternsOf(session));

    internal static Envelope Probe() => new()
    {
        Type = MessageType.PingRequest,
        From = NodeName.Agent,
        PayloadKind = PayloadKind.Json,
        Payload = SessionSender.Json(new NonceData { Nonce = Random.Shared.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) }, ControlJson.Default.NonceData),
    };

    private sealed record Claim(Session Claimant, Member Member, Session Holder, TimeSpan Since)
    {
        public bool IsHolderAlive => Holder.LastReceived > Since;
    }
}
