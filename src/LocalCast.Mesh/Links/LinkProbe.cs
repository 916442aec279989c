namespace LocalCast.Mesh;

/// <summary>What became of a link that holds an id which another link claims.</summary>
internal enum HolderState
{
    Unknown,
    Lives,
    Gone,
}

/// <summary>Waits for a sign of life of the link that holds an id; for an answer, if it is suspect. It was asked for one when this begins.</summary>
internal sealed class LinkProbe(PeerLink holder, TimeSpan patience, TimeSpan now)
{
    /// <summary>Looks come every 50 ms. What one is later than this is this agent's own delay, in which nothing was read.</summary>
    private static readonly TimeSpan MostBetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _asked = now;
    private TimeSpan _looked = now;
    private TimeSpan _waited;

    public PeerLink Holder => holder;

    /// <summary>Whether the other link is of the same agent, which dialled twice: that is what the same start means.</summary>
    public bool IsSameAgent(PeerLink other) => other.Peer!.Boot == holder.Peer!.Boot;

    /// <summary>What the link that claims the id is told.</summary>
    public string WhyItStays(PeerLink other) => IsSameAgent(other)
        ? "another link between the two agents stays"
        : $"another living agent with the id '{other.PeerId}' is linked already; give one of the two another (--node-id)";

    public HolderState Look(TimeSpan at)
    {
        TimeSpan since = at - _looked;
        _waited += since < MostBetweenLooks ? since : MostBetweenLooks;
        _looked = at;
        return holder.Stage != LinkStage.Open ? HolderState.Gone
            : holder.LastHeard > _asked && !holder.IsSuspect ? HolderState.Lives // what was under way when a line was cut is no sign of life
            : _waited >= patience ? HolderState.Gone
            : HolderState.Unknown;
    }
}
