using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who is in, and by which name: becoming ready, moving, leaving, and what of it everybody is told. <see cref="Reception"/> lets them in.</summary>
internal sealed class Membership(Hub hub)
{
    public static readonly Channel AgentChannel = Channel.OfName(NodeName.Agent);

    private readonly NameRegistry<Session> _names = new();
    private readonly ConcurrentDictionary<Channel, Session> _directory = new(); // the registry's content, readable without its lock
    private readonly NamelessSet _nameless = new();
    private readonly NodeNews _news = new(hub);
    private readonly Lock _lock = new();

    /// <summary>All participants that others may call.</summary>
    public IEnumerable<Session> Nodes => _directory.Select(entry => entry.Value).Where(session => session.Member!.IsNode);

    /// <summary>All that may have calls to answer: also those that have no name, or no longer.</summary>
    public IEnumerable<Session> Callees => Nodes.Concat(_nameless.All);

    public int NamelessCount => _nameless.All.Count;

    public int NameCount => _names.Count;

    public int ChannelCount => _directory.Count;

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
        [.. _directory.Select(entry => _news.DescribeForOthers(entry.Value)).Where(d => d.Role == "node" || d.Topics is { Count: > 0 }).OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Lets a session in by its name, if nobody has it.</summary>
    /// <returns>What came of it; <see langword="null"/> when the session is gone already.</returns>
    public ClaimResult? TryEnter(Session session, Member member, out Session? holder)
    {
        holder = null;
        lock (_lock)
        {
            if (session.HasLeft)
            {
                return null;
            }

            ClaimResult result = _names.Claim(member.Name, session, out holder);
            if (result == ClaimResult.Granted)
            {
                session.Member = member;
                session.Sender.Send(AgentWords.HelloAck(hub, session, member)); // before anybody can find it: nothing comes ahead of the answer
                _directory[member.Channel] = session;
                NoteArrival_NeedsLock(session, member);
            }

            return result;
        }
    }

    /// <summary>Lets a session in without its name, if it is the only one that stands by for it.</summary>
    /// <returns>Whether it is; <see langword="null"/> when the session is gone already.</returns>
    public bool? TryStandBy(Session session, Member member)
    {
        lock (_lock)
        {
            if (session.HasLeft)
            {
                return null;
            }

            if (_nameless.All.Any(other => other.Member!.StandsBy && other.Member.Name == member.Name))
            {
                return false;
            }

            session.IsNameless = true;
            session.Member = member;
            session.Sender.Send(AgentWords.HelloAck(hub, session, member));
            _nameless.Add(session);
            NoteArrival_NeedsLock(session, member);
            return true;
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

    /// <summary>A participant serves from now on, or offers other methods than before.</summary>
    public void Ready(Session session, Envelope message, DeliveryBatch batch)
    {
        Member member = session.Member!;
        if (!ReadyMessage.TryRead(message, out IReadOnlyList<string>? methods, out ErrorInfo? refusal))
        {
            Answer.Send(session, MessageType.Ack, message.Id, default, refusal, batch);
            return;
        }

        if (methods is not null)
        {
            member.Methods = methods;
            hub.Uplink.NodesChanged();
        }

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
        lock (_lock)
        {
            session.HasLeft = true; // from now on it is not let in any more
        }

        hub.Reception.Forget(session);
        Member? member;
        lock (_lock)
        {
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

        if (!session.IsUplink)
        {
            HubLog.Left(hub.Logger, session.Id, member.Name, reason.Message);
        }

        Guarded.Run(hub, () => hub.Parking.Ends.Leave(session)); // first: what is delivered meanwhile is cancelled with the other calls
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

    /// <summary>A session that has entered by its name can be called from now on.</summary>
    public void Welcome(Session session)
    {
        Member member = session.Member!;
        hub.Parking.Open(session);
        _news.Announce("arrived", session, reason: null);
        if (member.IsReady)
        {
            hub.Requires.NodeReady(member.Name);
        }

        hub.Keeper.Tell();
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
}
