namespace LocalCast.Mesh;

/// <summary>Sees to it that the newest document with this agent's id is its own.</summary>
/// <remarks>Somebody has a newer one after the clock was set back, or when there is a second agent with the id. At most once a second: two of them would otherwise outbid each other as fast as their links are.</remarks>
internal sealed class OwnIdGuard(OwnDocument own, TwinWatch twins, MeshOutput output, Random random)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a document that was told of may take to come: what it says is looked at before it is outbid.</summary>
    private static readonly TimeSpan DocumentWithin = TimeSpan.FromSeconds(1);

    /// <summary>Above the other version by more than either of two agents tells at the same time, and not by the same: with equal versions neither would hear of the other.</summary>
    private const int LeastJump = 16;

    private const int MostJump = 1024;

    private static readonly TimeSpan MostBetweenLines = TimeSpan.FromMinutes(10);

    private DocumentVersion _riseAbove;
    private TimeSpan _notBefore;
    private TimeSpan _waitsForDocument;
    private TimeSpan _nextLine;
    private TimeSpan _linePause;

    /// <summary>When a version above the other one may be written.</summary>
    public TimeSpan Due => own.HasLeft || own.IsHeld || !(_riseAbove > own.Current.Version) ? TimeSpan.MaxValue : Latest(_notBefore, _waitsForDocument, twins.ListensUntil);

    /// <summary>Whether a version has to be outbid.</summary>
    public bool IsAbove(DocumentVersion other) => other > own.Current.Version && !own.HasLeft;

    /// <summary>Somebody has a version of this agent's document, and is asked for it.</summary>
    /// <returns>Why it cannot be taken seriously, if so.</returns>
    public string? Hear(DocumentVersion other, MeshTime time)
    {
        if (!IsAbove(other))
        {
            return null;
        }

        string? why = DocumentStore.WhatIsWrong(own.Current with { Boot = other.Boot }, time.Wall);
        if (why is null)
        {
            bool isPending = _riseAbove > own.Current.Version; // not put off by whoever tells of one after the other
            _waitsForDocument = isPending ? _waitsForDocument : time.Now + DocumentWithin;
            _riseAbove = other > _riseAbove ? other : _riseAbove;
        }

        return why;
    }

    /// <summary>Somebody sent a document with this agent's id.</summary>
    /// <returns>Why it cannot be taken seriously, if so.</returns>
    public string? Hear(AgentDocument other, MeshTime time)
    {
        if (!IsAbove(other.Version))
        {
            return null;
        }

        string? why = DocumentStore.WhatIsWrong(other, time.Wall);
        if (why is null)
        {
            _waitsForDocument = TimeSpan.Zero;
            _riseAbove = other.Version > _riseAbove ? other.Version : _riseAbove;
            twins.Hear(other, time.Now);
        }

        return why;
    }

    public void Tick(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }

        Tell(now);
        _notBefore = now + AtMostEvery;
        own.RiseAbove(_riseAbove, random.Next(LeastJump, MostJump));
        twins.Rose(now);
    }

    /// <summary>Each time is counted; those that go on and on have a line now and then.</summary>
    private void Tell(TimeSpan now)
    {
        bool isNew = now - _notBefore > MostBetweenLines;
        output.Events.Add("own_id_elsewhere", peer: null);
        if (!isNew && now < _nextLine)
        {
            return;
        }

        _linePause = isNew || _linePause == TimeSpan.Zero ? AtMostEvery : _linePause * 2 < MostBetweenLines ? _linePause * 2 : MostBetweenLines;
        _nextLine = now + _linePause;
        string what = twins.HasTwin(now)
            ? "another agent bears this one's id, and until the younger of the two leaves the mesh, calls reach one or the other; give one of them another (--node-id)"
            : "a document with this agent's id that it did not write; that of its former life, unless this goes on";
        output.Add(new MeshNotice("own_id_elsewhere", own.Current.Id, $"boot {_riseAbove.Boot}, seq {_riseAbove.Seq}: {what}") { IsGrave = twins.HasTwin(now) });
    }

    private static TimeSpan Latest(TimeSpan one, TimeSpan other, TimeSpan third)
    {
        TimeSpan latest = one > other ? one : other;
        return latest > third ? latest : third;
    }
}
