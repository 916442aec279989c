namespace LocalCast.Mesh;

/// <summary>Sees to it that the newest document with this agent's id is its own.</summary>
/// <remarks>Somebody has a newer one after the clock was set back, or when there is a second agent with the id. At most once a second: two of them would otherwise outbid each other as fast as their links are.</remarks>
internal sealed class OwnIdGuard(OwnDocument own, MeshOutput output)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);
    private DocumentVersion _riseAbove;
    private TimeSpan _notBefore;

    /// <summary>When a version above the other one may be written.</summary>
    public TimeSpan Due => !own.HasLeft && _riseAbove > own.Current.Version ? _notBefore : TimeSpan.MaxValue;

    /// <summary>Somebody has a version of this agent's document.</summary>
    /// <returns>Why it cannot be taken seriously, if so.</returns>
    public string? Hear(DocumentVersion other, MeshTime time)
    {
        if (!(other > own.Current.Version) || own.HasLeft)
        {
            return null;
        }

        string? why = DocumentStore.WhatIsWrong(own.Current with { Boot = other.Boot }, time.Wall);
        if (why is null)
        {
            _riseAbove = other > _riseAbove ? other : _riseAbove;
            Tick(time.Now);
        }

        return why;
    }

    public void Tick(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }

        _notBefore = now + AtMostEvery;
        output.Notice("own_id_elsewhere", own.Current.Id, $"boot {_riseAbove.Boot}, seq {_riseAbove.Seq}: if this goes on, another agent bears this one's id, and calls reach one or the other; give one of them another (--node-id)");
        own.RiseAbove(_riseAbove);
    }
}
