using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>How participants come in: the hello, the keeper's word, the claim to a name, and those who wait for an answer to it.</summary>
internal sealed class Reception(Hub hub)
{
    private readonly List<Claim> _claims = [];
    private readonly List<Undecided> _undecided = [];
    private readonly Lock _lock = new();

    public bool HasClaims => ClaimCount > 0;

    public int ClaimCount => _claims.Count + _undecided.Count;

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

        Admit(session, hello, now, now);
    }

    private void Admit(Session session, Hello hello, TimeSpan since, TimeSpan now)
    {
        Admission admission = hub.Keeper.Admit(hello.Name, PidOf(session), hello.Instance);
        if (admission is { Refusal: not null, IsProvisional: true } && now - since < hub.Options.ClaimProbe)
        {
            Await(session, _undecided, new Undecided(session, hello, since));
        }
        else if (admission.Refusal is not null)
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

    /// <summary>A session that may have been waiting for its answer ended.</summary>
    public void Forget(Session session)
    {
        lock (_lock)
        {
            _claims.RemoveAll(claim => claim.Claimant == session);
            _undecided.RemoveAll(one => one.Session == session);
        }
    }

    /// <summary>Housekeeping: settles claims to names whose holders were asked whether they live, and asks the keeper again where it did not know yet.</summary>
    public void SettleClaims(TimeSpan now)
    {
        List<Claim> settled;
        List<Undecided> undecided;
        lock (_lock)
        {
            _claims.RemoveAll(claim => claim.Claimant.HasLeft);
            settled = [.. _claims.Where(claim => claim.IsHolderAlive || claim.Holder.HasLeft || now - claim.Since >= hub.Options.ClaimProbe)];
            _claims.RemoveAll(settled.Contains);
            undecided = [.. _undecided.Where(one => !one.Session.HasLeft)];
            _undecided.Clear();
        }

        foreach (Claim claim in settled)
        {
            Guarded.Run(hub, () => Settle(claim, now));
        }

        foreach (Undecided one in undecided)
        {
            Guarded.Run(hub, () => Admit(one.Session, one.Hello, one.Since, now));
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
            hub.Membership.Leave(claim.Holder, reason);
            ClaimName(claim.Claimant, claim.Member, now);
        }
    }

    private void StandBy(Session session, Member member)
    {
        switch (hub.Membership.TryStandBy(session, member))
        {
            case true:
                LetIn(session, member);
                hub.Keeper.Tell();
                break;
            case false:
                Refuse(session, new ErrorInfo(LocalCastError.DuplicateName, $"another instance stands by for the name '{member.Name}' already"));
                break;
            case null:
            default:
                break; // it is gone
        }
    }

    private void ClaimName(Session session, Member member, TimeSpan now)
    {
        switch (hub.Membership.TryEnter(session, member, out Session? holder))
        {
            case ClaimResult.Granted:
                LetIn(session, member);
                hub.Membership.Welcome(session);
                break;
            case ClaimResult.Held:
                Await(session, _claims, new Claim(session, member, holder!, now));
                holder!.Sender.SendNow(AgentWords.Probe(), urgent: true); // housekeeping looks for its answer
                break;
            case ClaimResult.Collision:
                Refuse(session, new ErrorInfo(LocalCastError.DuplicateName, $"another name in use has the same channel as '{member.Name}'"));
                break;
            case null:
            default:
                break; // it is gone
        }
    }

    // What is left behind by a session that ends just now goes with the next look.
    private void Await<T>(Session session, List<T> waiting, T one)
    {
        session.IsClaiming = true;
        lock (_lock)
        {
            waiting.Add(one);
        }
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

    private void Refuse(Session session, ErrorInfo reason)
    {
        hub.Counters.CountRefusedHello();
        HubLog.Refused(hub.Logger, session.Id, reason.ToString());
        session.Close(reason);
    }

    /// <summary>The process at the other end as the system knows it; what the hello says of it may be anything.</summary>
    private static int? PidOf(Session session) => session.Connection.Peer is { ProcessId: > 0 } peer ? peer.ProcessId : null;

    /// <summary>Somebody of whom the keeper could not say yet whether it may come in.</summary>
    private sealed record Undecided(Session Session, Hello Hello, TimeSpan Since);
}
