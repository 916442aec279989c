using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Where the parts of the mesh put what is to be done.</summary>
internal sealed class MeshOutput
{
    private readonly Queue<MeshEffect> _effects = new();
    private readonly HashSet<long> _awake = [];

    /// <summary>Called when a link cannot take what must not be lost.</summary>
    public Action<PeerLink>? Overrun { get; set; }

    /// <summary>Whether a call or a publication met a congested link since this was last set to false.</summary>
    public bool HasMetCongestion { get; set; }

    public void Add(MeshEffect effect) => _effects.Enqueue(effect);

    /// <summary>What happened, counted.</summary>
    public EventCounts Events { get; } = new();

    /// <summary>Something happened that is about no neighbour in particular: it is counted and told.</summary>
    /// <param name="name">What, as a short word.</param>
    /// <param name="about">Whom or what it is about, for the log.</param>
    /// <param name="reason">Why.</param>
    public void Notice(string name, string? about, string? reason = null)
    {
        Events.Add(name, peer: null);
        Add(new MeshNotice(name, about, reason));
    }

    /// <summary>The same, of what somebody has to do something about.</summary>
    public void Alarm(string name, string about, string reason)
    {
        Events.Add(name, peer: null);
        Add(new MeshNotice(name, about, reason) { IsGrave = true });
    }

    /// <summary>Something happened on a link: it is counted, for its other side as well, and told.</summary>
    public void Notice(string name, PeerLink link, string? reason = null)
    {
        Count(name, link);
        Add(new MeshNotice(name, link.Who, reason));
    }

    /// <summary>Something happened on a link that is worth a number and not a line.</summary>
    public void Count(string name, PeerLink link) => Events.Add(name, link.Who);

    /// <summary>Queues a message on a link. A result that is too large for it becomes one that says so.</summary>
    /// <returns>Why it was not taken: the link is full, or cannot carry it.</returns>
    public ErrorInfo? Send(PeerLink link, Envelope message, LinkTraffic traffic = LinkTraffic.Control)
    {
        if (link.Stage == LinkStage.Closed)
        {
            return Full(link);
        }

        Envelope said = link.SpeaksRelay ? RelayWriter.Write(message, link.PeerId) : message;
        if (!LinkMessage.TryPrepare(said, isWhole: link.SpeaksRelay, out LinkMessage? prepared))
        {
            Count("too_large", link);
            var tooLarge = new ErrorInfo(LocalCastError.TooLarge, $"the link to '{link.PeerId}' does not carry so large a message");
            return message is { Type: MessageType.Result, Payload.Length: > 0 }
                ? Send(link, EnvelopeCopy.Failed(message, tooLarge), traffic)
                : tooLarge;
        }

        LinkQueueResult result = link.Queue.Add(prepared, MeshMessage.SizeOf(said), traffic, said.From ?? "", prepared.Parts);
        HasMetCongestion |= traffic != LinkTraffic.Control && result != LinkQueueResult.Queued;
        if (!link.IsCongested && link.Queue.IsCongested)
        {
            link.IsCongested = true;
            Add(new LinkCongested(link.Number, true));
        }

        if (result == LinkQueueResult.Overrun)
        {
            Overrun?.Invoke(link);
        }

        if (result is LinkQueueResult.Full or LinkQueueResult.Overrun)
        {
            return Full(link);
        }

        if (_awake.Add(link.Number))
        {
            Add(new WakeLink(link.Number));
        }

        return null;
    }

    /// <summary>Something was taken from a link.</summary>
    public void Taken(PeerLink link)
    {
        if (link.IsCongested && link.Queue.IsEased)
        {
            link.IsCongested = false;
            Add(new LinkCongested(link.Number, false));
        }
    }

    public bool TryTakeEffect([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MeshEffect? effect)
    {
        bool found = _effects.TryDequeue(out effect);
        if (effect is WakeLink wake)
        {
            _awake.Remove(wake.Link);
        }

        return found;
    }

    private static ErrorInfo Full(PeerLink link) => new(LocalCastError.Busy, $"the link to '{link.PeerId}' is full") { RetryAfter = TimeSpan.FromMilliseconds(100) };
}
