using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Participants that wait until nodes are ready somewhere in the mesh.</summary>
internal sealed class Requirements(MeshView view, MeshSender sender, MeshOutput output)
{
    private readonly RequireTable<long> _table = new();
    private readonly FreshRequirements _fresh = new(view, sender, output);
    private readonly NodeDirectory _nodes = new(view);
    private TimeSpan _due = TimeSpan.MaxValue;

    /// <summary>When one of them has waited long enough, or there is somebody to ask.</summary>
    public TimeSpan Due => MeshMachine.Earliest(_fresh.Due, _due);

    public void Add(long request, IReadOnlyList<string> names, TimeSpan deadline, TimeSpan? freshness, TimeSpan now)
    {
        if (freshness is { } within)
        {
            AddFresh(request, names, null, deadline, within, now);
        }
        else if (names.All(IsReady))
        {
            Answer(request, names); // what others wait for is not changed by one more who waits
        }
        else if (HasRoomFor(request))
        {
            _table.Add(request, names, deadline);
            _due = MeshMachine.Earliest(_due, deadline);
        }
    }

    public void AddFresh(long request, IReadOnlyList<string> names, Predicate<NodeDescription>? fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now)
    {
        if (HasRoomFor(request))
        {
            _fresh.Add(request, names, fits, deadline, freshness, now);
        }
    }

    public void Remove(Func<long, bool> which)
    {
        _table.Remove(which);
        _fresh.Remove(which);
    }

    /// <summary>A node showed that it lives.</summary>
    public void Confirmed(string address, TimeSpan now) => _fresh.Confirmed(address, now);

    /// <summary>Whether a pong answers a question of this agent itself.</summary>
    public bool HasAsked(string id) => _fresh.HasAsked(id);

    /// <summary>Documents or paths changed: some may have what they wait for.</summary>
    public void StateChanged()
    {
        _fresh.StateChanged();
        foreach (RequireTable<long>.Waiting waiting in _table.TakeComplete(IsReady))
        {
            Answer(waiting.Requester, waiting.Names);
        }
    }

    public void Tick(TimeSpan now)
    {
        _fresh.Tick(now);
        if (now < _due)
        {
            return;
        }

        foreach (RequireTable<long>.Waiting waiting in _table.TakeExpired(now))
        {
            IEnumerable<string> missing = waiting.Names.Distinct(StringComparer.Ordinal).Where(name => !IsReady(name)).Select(name => _nodes.WhyNotReady(name));
            output.Add(new AnswerRequest(waiting.Requester, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.NodeNotReady, string.Join("; ", view.Absence.Why is { } away ? missing.Append(away.Message) : missing)) }));
        }

        _due = _table.NextDeadline;
    }

    private void Answer(long request, IReadOnlyList<string> names)
    {
        var data = new RequiredData { Nodes = [.. names.Select(name => Find(name)!.Value.Described)] };
        output.Add(new AnswerRequest(request, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData)));
    }

    private bool HasRoomFor(long request)
    {
        bool hasRoom = _table.Count + _fresh.Count < view.Options.MostCalls;
        if (!hasRoom)
        {
            output.Add(new AnswerRequest(request, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.Busy, "too many requirements wait") }));
        }

        return hasRoom;
    }

    private bool IsReady(string name) => Find(name) is not null;

    private MeshNode? Find(string name) => view.Nodes.FindReady(_nodes.WithId(MeshAddress.Parse(name)));
}
