using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who is in: joining, becoming ready, leaving, and what of it everybody is told.</summary>
internal sealed class Membership(Hub hub)
{
    public static readonly Channel AgentChannel = Channel.OfName(NodeName.Agent);


    private readonly NameRegistry<Session> _names = new();
    private readonly ConcurrentDictionary<Channel, Session> _directory = new(); // the registry's content, readable without its lock
    private readonly List<Claim> _claims = [];
    private readonly NamelessSet _nameless = new();
    private readonly NodeNews _news = new(hub);
    private readonly Lock _lock = new();

    /// <summary>All participants that others may call.</summary>
    public IEnumerable<Session> Nodes => _directory.Select(entry => entry.Value).Where(session => session.Member!.IsNode);

    /// <summary>All that may have calls to answer: also those that have no name, or no longer.</summary>
    public IEnumerable<Session> Callees => Nodes.Concat(_nameless.All);

    public int NamelessCount => _nameless.All.Count;

    public bool HasClaims => _claims.Count > 0;

    public int NameCount => _names.Count;

    public int ChannelCount => _directory.Count;

    public int ClaimCount => _claims.Count;

    public bool TryFind(Channel channel, [NotNullWhen(true)] out Session? session) => _directory.TryGetValue(channel, out session);

    /// <summary>Finds the session with a keeper's tag, whether it has its name or not.</summary>
    public bool TryFind(string name, long tag, [NotNullWhen(true)] out Session? session)
    {
        session = TryFind(Channel.OfName(name), out Session? holder) && holder.Member!.Is(name, tag) ? holder : _nameless.Find(name, tag);
        return session is not null;
    }

    /// <summary>Those who may have got calls by a channel: who has the name, and who had it; all, where nobody has it.</summary>
    public IEnumerable<Session> CalleesOf(Channel channel) =>
        TryFind(channel, out Session? holder) ? [holder, .. NamelessOf(channel)] : Callees;

    /// <summary>Participants whose name somebody else has.</summary>
    public IEnumerable<Session> NamelessOf(Channel channel) => _nameless.All.Where(session => session.Member!.Channel == channel);

    public bool IsReady(string name)
    {
        var channel = Channel.OfName(name);
        return TryFind(channel, out Session? session) && session.Member is { IsReady: true, IsDraining: false } && !hub.Parking.IsHeld(channel);
    }

    public NodeDescription? TryDescribe(string name) => TryFind(Channel.OfName(name), out Session? session) ? _news.Describe(session) : null;

    public List<NodeDescription> Describe() => [.. _directory.Select(entry => _news.Describe(entry.Value)).OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Clients that subscribe to nothing are left out: they come and go, and nobody elsewhere wants anything of them.</summary>
    public IReadOnlyList<NodeDescription> DescribeForOthers() =>
        [.. _directory.Select(entry => entry.Value).Where(session => session.Member!.IsNode || session.Subscriptions is not null).Select(_news.DescribeForOthers).OrderBy(d => d.Name, StringComparer.Ordinal)];

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

        Admission admission = hub.Keeper.Admit(hello.Name, PidOf(session), hello.Instance);
        if (admission.Refusal is not null)
        {
            Refuse(session, admission.Refusal);
        }
        else if (admission.StandsBy)
        {
            StandBy(session, new Member(hello, admission));
        }
        else
        {
            ClaimName(session, new Member(hello, admission), now);
        }
    }

    /// <summary>Gives a name to the session with a keeper's tag.</summary>
    public bool Move(string name, long tag)
    {
        MoveResult result = hub.Parking.Move(name, tag, out Session? former, out Session? successor);
        if (result == MoveResult.Moved)
        {
            hub.Subscriptions.Move(former, successor!);
            _news.Announce("moved", successor!, reason: null);
            hub.Requires.NodeReady(name);
        }

        return result != MoveResult.NotThere;
    }

    /// <summary>The part of it that says who has the name.</summary>
    public MoveResult Move(string name, long tag, out Session? former, out Session? successor)
    {
        former = null;
        lock (_lock)
        {
            if (TryFind(Channel.OfName(name), out successor) && successor.Member!.Is(name, tag))
            {
                return MoveResult.HasIt;
            }

            successor = _nameless.Find(name, tag);
            if (successor is null || !_names.TryGive(name, successor, out former))
            {
                return MoveResult.NotThere;
            }

            successor.IsNameless = false;
            successor.Member!.StandsBy = false;
            _nameless.Remove(successor);
            if (former is not null)
            {
                former.IsNameless = true;
                _nameless.Add(former);
            }

            _directory[successor.Member.Channel] = successor;
        }

        return MoveResult.Moved;
    }

    /// <summary>Notes for the keeper what a session did. What would come behind its leaving is not told.</summary>
    public void NoteUnlessLeft(Session session, Action<INodeKeeper> news)
    {
        lock (_lock)
        {
            if (!session.HasLeft)
            {
                hub.Keeper.Note(news);
            }
        }
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
        if (!ReadyMessage.TryRead(message, out IReadOnlyList<string>? methods, out ErrorInfo? refusal))
        {
            Answer.Send(session, MessageType.Ack, message.Id, default, refusal, batch);
            return;
        }

        member.Methods = methods ?? member.Methods;
        if (message.Id is not null)
        {
            Answer.Send(session, MessageType.Ack, message.Id, default, error: null, batch);
        }

        bool isNew;
        bool isNameless;
        lock (_lock)
        {
            isNew = !member.IsReady && !session.HasLeft;
            isNameless = session.IsNameless; // one that gets its name later is announced then
            if (isNew)
            {
                member.IsReady = true;
                NoteReady_NeedsLock(member);
            }
        }

        if (!isNew)
        {
            return;
        }

        if (!isNameless)
        {
            hub.Parking.Open(session);
            _news.Announce("ready", session, reason: null);
            hub.Requires.NodeReady(member.Name);
        }

        hub.Keeper.Tell();
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
            if (member is null)
            {
                return;
            }

            if (_names.Release(member.Name, session))
            {
                _directory.TryRemove(member.Channel, out _);
            }
            else if (!_nameless.Remove(session) && !hub.Uplink.TryDisconnect(session))
            {
                return;
            }

            if (!session.IsUplink)
            {
                hub.Keeper.Note(keeper => keeper.Left(member.Name, member.Tag, reason));
            }
        }

        HubLog.Left(hub.Logger, session.Id, member.Name, reason.Message);
        Guarded.Run(hub, () => hub.Parking.Leave(session)); // first: what is delivered meanwhile is cancelled with the other calls
        Guarded.Run(hub, () => hub.Calls.Leave(session, reason));
        Guarded.Run(hub, () => hub.AgentCalls.Leave(session));
        Guarded.Run(hub, () => hub.Subscriptions.Leave(session));
        Guarded.Run(hub, () => hub.Pings.Leave(session));
        Guarded.Run(hub, () => hub.Requires.Leave(session));
        if (!session.IsNameless && !session.IsUplink)
        {
            Guarded.Run(hub, () => _news.Announce("left", session, reason.ToString()));
        }

        hub.Keeper.Tell();
    }

    /// <summary>Lets a session in without its name.</summary>
    private void StandBy(Session session, Member member)
    {
        bool isFirst;
        lock (_lock)
        {
            if (session.HasLeft)
            {
                return;
            }

            isFirst = !_nameless.All.Any(other => other.Member!.StandsBy && other.Member.Name == member.Name);
            if (isFirst)
            {
                session.IsNameless = true;
                session.Member = member;
                session.Sender.Send(AgentWords.HelloAck(hub, session, member));
                _nameless.Add(session);
                NoteArrival_NeedsLock(session, member);
            }
        }

        if (isFirst)
        {
            LetIn(session, member);
            hub.Keeper.Tell();
        }
        else
        {
            Refuse(session, new ErrorInfo(LocalCastError.DuplicateName, $"another instance stands by for the name '{member.Name}' already"));
        }
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
                session.Sender.Send(AgentWords.HelloAck(hub, session, member)); // before anybody can find it: nothing comes ahead of the answer
                _directory[member.Channel] = session;
                NoteArrival_NeedsLock(session, member);
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
                holder!.Sender.SendNow(AgentWords.Probe(), urgent: true); // housekeeping looks for its answer
                break;
            case ClaimResult.Collision:
            default:
                Refuse(session, new ErrorInfo(LocalCastError.DuplicateName, $"another name in use has the same channel as '{member.Name}'"));
                break;
        }
    }

    private void Welcome(Session session, Member member)
    {
        LetIn(session, member);
        hub.Parking.Open(session);
        _news.Announce("arrived", session, reason: null);
        if (member.IsReady)
        {
            hub.Requires.NodeReady(member.Name);
        }

        hub.Keeper.Tell();
    }

    private void LetIn(Session session, Member member)
    {
        foreach (string topic in member.Hello.Topics ?? [])
        {
            hub.Subscriptions.TryAdd(session, topic);
        }

        session.Flush();
        HubLog.Joined(hub.Logger, session.Id, member.Name, member.StandsBy ? "stand-by" : member.IsNode ? "node" : "client");
    }

    private void NoteArrival_NeedsLock(Session session, Member member)
    {
        hub.Keeper.Note(keeper => keeper.Arrived(_news.Describe(session), member.Tag));
        if (member.IsReady)
        {
            NoteReady_NeedsLock(member);
        }
    }

    private void NoteReady_NeedsLock(Member member)
    {
        if (member.IsNode)
        {
            hub.Keeper.Note(keeper => keeper.Ready(member.Name, member.Tag));
        }
    }

    private void Refuse(Session session, ErrorInfo reason)
    {
        hub.Counters.CountRefusedHello();
        HubLog.Refused(hub.Logger, session.Id, reason.ToString());
        session.Close(reason);
    }

    /// <summary>The process at the other end as the system knows it; what the hello says of it may be anything.</summary>
    private static int? PidOf(Session session) => session.Connection.Peer is { ProcessId: > 0 } peer ? peer.ProcessId : null;
}
