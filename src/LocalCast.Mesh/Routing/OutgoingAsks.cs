using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What local participants asked of other agents: sent once, to one place at a time, answered exactly once.</summary>
internal sealed class OutgoingAsks(MeshView view, MeshSender sender, CircuitBreakers circuits, MeshOutput output)
{
    public const uint DefaultDeadlineMs = 30_000;

    private readonly AskIds _ids = new(view.Self.Boot);
    private readonly CallTable<Ask> _table = new(view.Options.MostCalls);
    private readonly Dictionary<long, uint> _sequences = [];
    private readonly RouteWaits _waits = new(view);
    private readonly Shares<string> _shares = new(view.Options.MostCallsEach);

    /// <summary>What is in flight or waits for a path.</summary>
    public int Count => _table.Count + _waits.Count;

    /// <summary>When one of them has waited long enough, or may be tried again.</summary>
    public TimeSpan Due => _waits.Count > 0 ? TimeSpan.Zero : _table.NextDeadline;

    /// <summary>Called when the one to ask is a node of this machine; says whether there is room for it.</summary>
    public required Func<Envelope, TimeSpan, bool> DeliverHere { get; init; }

    public void Start(Ask ask, TimeSpan now)
    {
        if (_waits.Count >= view.Options.MostCalls || !_shares.TryTake(ask.From))
        {
            Reply(ask, new ErrorInfo(LocalCastError.Busy, "too many calls of this participant, or to agents without a route, are in flight"));
            return;
        }

        ask.RouteBy = MeshMachine.Earliest(now + view.Options.RouteWait, ask.Deadline);
        ask.AgreeBy = MeshMachine.Earliest(now + view.Options.AgreeWait, ask.Deadline);
        Attempt(ask, now);
    }

    /// <summary>An answer came.</summary>
    /// <returns>Whether somebody waited for it.</returns>
    public bool TryComplete(Envelope answer, PeerLink? link, TimeSpan now)
    {
        if (!_ids.TryRead(answer.ReplyTo ?? "", out uint sequence) || !_table.TryPeek(sequence, out Ask? ask) || !MayAnswer(ask, answer, link) || !_table.TryTake(sequence, out _))
        {
            return false;
        }

        _sequences.Remove(ask.Request);
        Report(ask, answer.Error, now);
        if (answer.Error is { } error)
        {
            Failed(ask, error, now);
        }
        else
        {
            _shares.Return(ask.From);
            output.Add(new AnswerRequest(ask.Request, answer));
        }

        return true;
    }

    /// <summary>An answer comes back by the link that the call went by; a result is the target's, while any agent on the way may say why it went no further.</summary>
    private static bool MayAnswer(Ask ask, Envelope answer, PeerLink? link) =>
        ask.Link == link && (answer.Error is not null || link is null || MeshAddress.Parse(answer.From).Agent == ask.Target.Agent);

    /// <summary>The participant gave up.</summary>
    /// <returns>Whether it was in flight, or waited for a path.</returns>
    public bool TryCancel(long request)
    {
        if (_waits.Take(request) is { } waiting)
        {
            Answer(waiting, new ErrorInfo(LocalCastError.Cancelled, "the caller gave up"));
            return true;
        }

        if (!_sequences.Remove(request, out uint sequence) || !_table.TryTake(sequence, out Ask? ask))
        {
            return false;
        }

        SendCancel(ask, sequence);
        circuits.Withdrawn(ask.Target, ask.SentAt);
        Answer(ask, new ErrorInfo(LocalCastError.Cancelled, "the caller gave up"));
        return true;
    }

    /// <summary>Participants are gone.</summary>
    public void CancelAll(Func<long, bool> which)
    {
        foreach (Ask waiting in _waits.TakeAll(which))
        {
            Answer(waiting, new ErrorInfo(LocalCastError.Cancelled, "the caller is gone"));
        }

        foreach (long request in _sequences.Keys.Where(which).ToArray())
        {
            TryCancel(request);
        }
    }

    /// <summary>Whatever was sent over a link that ended may have been executed, and no answer will come this way.</summary>
    public void LinkEnded(PeerLink link, TimeSpan now)
    {
        List<(uint, Ask)> broken = [];
        _table.TakeWhere(ask => ask.Link == link, broken);
        foreach ((_, Ask ask) in broken)
        {
            _sequences.Remove(ask.Request);
            circuits.Withdrawn(ask.Target, ask.SentAt);
            Failed(ask, new ErrorInfo(LocalCastError.Disconnected, $"the link to '{link.PeerId}' ended during the call"), now);
        }
    }

    /// <summary>Paths changed: what waits for one may go.</summary>
    public void PathsChanged(TimeSpan now) => TryAgain(_waits.TakeNew(now), now);

    public void Tick(TimeSpan now)
    {
        List<(uint Sequence, Ask Ask)> expired = [];
        _table.TakeExpired(now, expired);
        foreach ((uint sequence, Ask ask) in expired)
        {
            _sequences.Remove(ask.Request);
            SendCancel(ask, sequence);
            var error = new ErrorInfo(LocalCastError.Timeout, $"'{ask.Target}' did not answer in time");
            Report(ask, error, now);
            Failed(ask, error, now);
        }

        foreach (Ask ask in _waits.TakeOver(now))
        {
            Answer(ask, ask.LastError!);
        }

        TryAgain(_waits.TakeReady(now), now);
    }

    private void TryAgain(IReadOnlyList<Ask> asks, TimeSpan now)
    {
        foreach (Ask ask in asks)
        {
            ask.WithoutRoute.ForEach(ask.Candidates.Enqueue);
            ask.WithoutRoute.Clear();
            Attempt(ask, now);
        }
    }

    private void Attempt(Ask ask, TimeSpan now)
    {
        while (ask.Candidates.TryDequeue(out MeshAddress target))
        {
            TimeSpan until = ask.IsPublication && now + view.Options.AcknowledgeWithin < ask.Deadline ? now + view.Options.AcknowledgeWithin : ask.Deadline;
            (ask.Target, ask.Link, ask.SentAt) = (target, null, now);
            if (!ask.IsPublication && circuits.TryPass(target, now) is { } refusal)
            {
                ask.LastError = ask.WithoutRoute.Count > 0 ? ask.LastError : refusal; // the way to one before it may be there in a moment
                continue;
            }

            if (!_table.TryAdd(ask, until, out uint sequence))
            {
                ask.LastError = new ErrorInfo(LocalCastError.Busy, "too many calls to other agents are in flight");
                circuits.Withdrawn(target, now);
                break;
            }

            _sequences[ask.Request] = sequence;
            if (TrySend(ask, sequence, until, now))
            {
                return;
            }

            _table.TryTake(sequence, out _);
            _sequences.Remove(ask.Request);
            circuits.Withdrawn(target, now);
            ask.Fail(ask.LastError!);
        }

        if (!_waits.TryAdd(ask, now))
        {
            Answer(ask, ask.LastError ?? new ErrorInfo(LocalCastError.NoRoute, "there is nobody to ask"));
        }
    }

    private bool TrySend(Ask ask, uint sequence, TimeSpan until, TimeSpan now)
    {
        uint left = (uint)Math.Clamp((until - now).TotalMilliseconds, 1, uint.MaxValue);
        bool isHere = ask.Target.Agent == view.Self.Id;
        string to = isHere ? ask.Target.Node : ask.Message.To is { } named && MeshAddress.Parse(named) == ask.Target ? named : ask.Target.ToString();
        Envelope message = ask.Message with { To = to, From = ask.From, Id = _ids.Of(sequence), DeadlineMs = left, Ttl = view.Options.Ttl, Route = view.RouteFromHere };
        (ask.Link, ask.LastError) = isHere ? (null, null) : sender.SendBegun(ask.Target.Agent!, message, LinkTraffic.Call);
        if (isHere && !DeliverHere(message, until))
        {
            ask.LastError = new ErrorInfo(LocalCastError.Busy, "this agent serves too many calls");
        }

        return ask.LastError is null;
    }

    private void Failed(Ask ask, ErrorInfo error, TimeSpan now)
    {
        ask.Fail(error);
        if (ask.Candidates.Count > 0 && ask.MayTryNext(error) && now < ask.Deadline)
        {
            Attempt(ask, now);
            return;
        }

        if (_waits.TryAdd(ask, now))
        {
            return; // nobody executed it: an agent on the way knows less than this one, or more
        }

        Answer(ask, ask.IsPublication && error.Code == LocalCastError.Timeout
            ? new ErrorInfo(LocalCastError.SubscriberTimeout, "subscribers were there, none acknowledged in time")
            : error);
    }

    private void Report(Ask ask, ErrorInfo? error, TimeSpan now)
    {
        if (!ask.IsPublication)
        {
            circuits.Report(ask.Target, error, ask.SentAt, now);
        }
    }

    private void SendCancel(Ask ask, uint sequence)
    {
        if (!ask.IsPublication && ask.Target.Agent is { } agent && ask.Link is { } link)
        {
            var cancel = new Envelope { Type = MessageType.Cancel, From = ask.From, To = ask.Target.ToString(), ReplyTo = _ids.Of(sequence) };

            // Queued with the calls: it must not overtake what it cancels.
            sender.Send(agent, cancel, LinkTraffic.Call, link);
        }
    }

    /// <summary>The end of an ask that failed.</summary>
    private void Answer(Ask ask, ErrorInfo error)
    {
        _shares.Return(ask.From);
        Reply(ask, error);
    }

    private void Reply(Ask ask, ErrorInfo error) => output.Add(new AnswerRequest(ask.Request, new Envelope
    {
        Type = ask.IsPublication ? MessageType.Ack : MessageType.Result,
        To = ask.Message.From,
        ReplyTo = ask.Message.Id,
        Error = error,
    }));
}
