using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Participants that wait until nodes are ready somewhere in the mesh.</summary>
internal sealed class Requirements(MeshView view, MeshSender sender, MeshOutput output)
{
    private readonly RequireTable<long> _table = new();
    private readonly FreshRequirements _fresh = new(view, sender, output);
    private readonly NodeDirectory _nodes = new(view);
    private TimeSpan _due = TimeSpan.MaxValue;

    /// <summary>When one of them has waited long enough; who wants a fresh answer is looked after all the time.</summary>
    public TimeSpan Due => _fresh.Count > 0 ? TimeSpan.Zero : _due;

    public void Add(long request, IReadOnlyList<string> names, TimeSpan deadline, TimeSpan? freshness, TimeSpan now)
    {
        if (freshness is { } within)
        {
            AddFresh(request, names, _ => true, deadline, within, now);
        }
        else if (HasRoomFor(request))
        {
            _table.Add(request, names, deadline);
            _due = MeshMachine.Earliest(_due, deadline);
            StateChanged();
        }
    }

    public void AddFresh(long request, IReadOnlyList<string> names, Predicate<NodeDescription> fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now)
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
        if (_table.Count == 0)
        {
            return;
        }

        Dictionary<MeshAddress, NodeDescription> ready = ReadyNodes();
        foreach (RequireTable<long>.Waiting waiting in _table.TakeComplete(name => ready.ContainsKey(AddressOf(name))))
        {
            var data = new RequiredData { Nodes = [.. waiting.Names.Select(wanted => ready[AddressOf(wanted)])] };
            output.Add(new AnswerRequest(waiting.Requester, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData)));
        }
    }

    public void Tick(TimeSpan now)
    {
        _fresh.Look(now);
        if (now < _due)
        {
            return;
        }

        foreach (RequireTable<long>.Waiting waiting in _table.TakeExpired(now))
        {
            Dictionary<MeshAddress, NodeDescription> ready = ReadyNodes();
            IEnumerable<string> missing = waiting.Names.Where(name => !ready.ContainsKey(AddressOf(name))).Select(name => _nodes.WhyNotReady(name));
            output.Add(new AnswerRequest(waiting.Requester, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.NodeNotReady, string.Join("; ", view.Absence.Why is { } away ? missing.Append(away.Message) : missing)) }));
        }

        _due = _table.NextDeadline;
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

    private MeshAddress AddressOf(string name) => _nodes.WithId(MeshAddress.Parse(name));

    /// <summary>Each by its name, for the first that has it, and by its agent's as well.</summary>
    private Dictionary<MeshAddress, NodeDescription> ReadyNodes()
    {
        Dictionary<MeshAddress, NodeDescription> ready = [];
        foreach (MeshNode item in view.AllNodes.Where(item => item.IsReady))
        {
            ready.TryAdd(item.Address, item.Described);
            ready.TryAdd(item.Address with { Agent = null }, item.Described);
        }

        return ready;
    }
}
