using LocalCast.Protocol;

namespace LocalCast.Mesh;

// What happens to links.
public sealed partial class MeshMachine
{
    /// <summary>A connection exists.</summary>
    /// <param name="number">A number that the owner gives it and never gives again; not 0.</param>
    /// <param name="direction">Who dialled.</param>
    /// <param name="address">The address as it was dialled, or the other side's.</param>
    /// <param name="expectedId">The identity that the connection proved, or claimed by <c>?node_id=</c>.</param>
    /// <param name="time">The time.</param>
    public void LinkOpened(long number, LinkDirection direction, string address, string? expectedId, MeshTime time)
    {
        _time = time;
        string? nobody = expectedId is null ? null : AgentId.WhatIsWrong(expectedId);
        var link = new PeerLink(number, direction, address, _options, time.Now) { ExpectedId = nobody is null ? expectedId : null, WallAtOpening = time.Wall };
        _keeper.Add(link, time);
        if (nobody is not null)
        {
            _keeper.Close(link, new ErrorInfo(LocalCastError.BadRequest, $"node_id {nobody}"), time);
        }
        else if (direction == LinkDirection.Outbound && Book.IsBlocked(address))
        {
            _keeper.Close(link, new ErrorInfo(LocalCastError.Disconnected, "this agent's owner removed the peer"), time);
        }

        else if (direction == LinkDirection.Outbound && _absence.Why is { } away)
        {
            _keeper.Close(link, away, time); // it was being dialled as this agent left
        }

        Settle();
    }

    /// <summary>A connection ended, by itself or because it was to be closed.</summary>
    public void LinkClosed(long number, ErrorInfo reason, MeshTime time)
    {
        _time = time;
        if (!_ending.Remove(number) && _links.TryFind(number, out PeerLink? link))
        {
            if (link.Stage != LinkStage.Open)
            {
                _output.Notice("link_unfinished", link, reason.ToString());
            }

            _keeper.Forget(link, reason, time);
            _ending.Remove(number);
        }

        LookForDials();
        Settle();
    }

    /// <summary>An address could not be dialled.</summary>
    public void DialFailed(string address, ErrorInfo reason, MeshTime time)
    {
        Book.Report(address, DialOutcome.Failed, time.Now, error: reason.Message);
        _journal.Add(address, reason, time.Now);
        _output.Events.Add("dial_failed", address);
        LookForDials();
    }

    /// <summary>A message came in.</summary>
    /// <param name="number">Over which link.</param>
    /// <param name="message">What came.</param>
    /// <param name="size">Its bytes on the wire.</param>
    /// <param name="time">The time.</param>
    /// <param name="isJson">Whether it came as JSON: there, and only there, Relay's words for calls and answers are known as well.</param>
    public void Received(long number, Envelope message, int size, MeshTime time, bool isJson = false)
    {
        _time = time;
        if (_links.TryFind(number, out PeerLink? link))
        {
            link.ReceivedBytes += size;
        }

        if (link is not null && _keeper.Receive(link, message, size, time))
        {
            if (!isJson || !RelaySpelling.IsOne(message) || TryReadRelay(link, ref message))
            {
                Take(link, message, size, time);
            }
        }
        else if (message.Type == MessageType.PingResponse && link?.Stage == LinkStage.Open)
        {
            _own.Measured(link);
        }

        Settle();
    }

    private bool TryReadRelay(PeerLink link, ref Envelope message)
    {
        link.SpeaksRelay = true;
        Envelope? read = new RelayReader(link.PeerId).Read(message, out string? why);
        if (why is not null)
        {
            _output.Notice("refused_message", link.PeerId, why);
        }

        message = read ?? message;
        return read is not null;
    }

    private void Take(PeerLink link, Envelope message, int size, MeshTime time)
    {
        if (!LinkMessage.IsChunk(message))
        {
            Dispatch(link, message, size, time);
            return;
        }

        ChunkVerdict verdict = link.Chunks.Take(message, time.Now);
        if (verdict.Wrong is { } wrong)
        {
            Ledger.Add(link.PeerId, MisbehaviourLedger.Slip, time.Wall);
            _output.Notice("misbehaviour", link, wrong);
            CloseIfBanned(link, time);
        }
        else if (verdict.TooLarge is { } head)
        {
            _traffic.RefuseUnread(link, head, new ErrorInfo(LocalCastError.TooLarge, $"'{Self.Id}' takes messages of at most {_options.MostMessageBytes} bytes"), time);
        }
        else if (verdict.Whole is { } whole)
        {
            Dispatch(link, whole, MeshMessage.SizeOf(whole), time);
        }
    }

    private void Limit(PeerLink link, Envelope message, MeshTime time)
    {
        var error = new ErrorInfo(LocalCastError.RateLimited, $"'{link.PeerId}' sends more to '{Self.Id}' than a neighbour may") { RetryAfter = TimeSpan.FromSeconds(1) };
        _traffic.RefuseUnread(link, message, error, time);
        _output.Count("rate_limited", link);
        if (link.Rate.ShouldSay(time.Now))
        {
            _output.Add(new MeshNotice("rate_limited", link.PeerId, $"{link.Rate.Limited} messages so far"));
        }
    }

    private void CloseIfBanned(PeerLink link, MeshTime time)
    {
        if (link.Stage == LinkStage.Open && Ledger.IsBanned(link.PeerId, time.Wall))
        {
            _keeper.Close(link, new ErrorInfo(LocalCastError.Forbidden, "banned for misbehaviour"), time);
        }
    }

    private Dictionary<string, int> CountCarried() =>
        _graph.Paths.Values.GroupBy(path => path.NextHop, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    private void OnOpened(PeerLink link, MeshTime time)
    {
        LookForDials();
        if (link.Direction == LinkDirection.Outbound)
        {
            Book.Report(link.Address, DialOutcome.Linked, time.Now, link.PeerId);
            if (Book.TryFind(link.Address, out AddressEntry? entry) && entry.Kind == AddressKind.Configured)
            {
                MarkConfigured(link);
            }
        }
        else if (link.Peer!.ListenAddress is { } address && (_options.AnnouncePrivateAddresses || Addresses.IsPublic(address)))
        {
            Book.AddLearnt(address, link.PeerId);
        }

        _gossip.Opened(link);
        _sync.Opened(link, time.Now);
        _isGraphOld = true;
        _own.Touch();
    }

    private void OnDoubted(PeerLink link)
    {
        _output.Notice(link.IsSuspect ? "link_suspect" : "link_recovered", link);
        _isGraphOld = true;
        _own.Touch();
    }

    private void OnEnded(PeerLink link, LinkStage stage, ErrorInfo reason, MeshTime time)
    {
        _ending[link.Number] = link;
        LookForDials();
        _journal.Add(link.Who, reason, time.Now);
        if (stage == LinkStage.Open)
        {
            _output.Notice("link_ended", link, reason.ToString());
            _gossip.Ended(link);
            _own.Touch();
            _past.Add(link.PeerId, time.Now);
            Book.LinkEnded(time.Now);
            RecomputeGraph(time.Now);
        }

        if (stage is LinkStage.Open or LinkStage.Probing)
        {
            _sync.Ended(link);
            _traffic.LinkEnded(link, time.Now);
        }

        if (link.Direction == LinkDirection.Outbound)
        {
            DialOutcome outcome = DialOutcomes.Of(reason.Code);
            Book.Report(link.Address, outcome == DialOutcome.AlreadyLinked && !IsLinked(link) ? DialOutcome.IdTaken : outcome, time.Now, link.Peer?.Id, reason.Message, link.LinkedAs);
        }
    }

    /// <summary>Whether the agent behind an address has another link; if not, one of the two refused for a second agent that bears the same id, and asking again at once is no use.</summary>
    private bool IsLinked(PeerLink refused)
    {
        string? id = refused.Peer?.Id ?? refused.LinkedAs ?? (Book.TryFind(refused.Address, out AddressEntry? entry) ? entry.Id : null);
        return _links.Open.Any(link => link.PeerId == id || link.Address == refused.Address || link.Peer?.ListenAddress == refused.Address);
    }
}
