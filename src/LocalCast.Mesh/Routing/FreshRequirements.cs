using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Participants that wait until nodes are ready and have just shown it: what a document says may be as old as the last time its agent could be reached.</summary>
internal sealed class FreshRequirements(MeshView view, MeshSender sender, MeshOutput output)
{
    private readonly NodeDirectory _nodes = new(view);
    private readonly Confirmations _confirmations = new(view, sender);
    private readonly List<Waiting> _waiting = [];

    /// <summary>What any of them waits for, or waited for since nobody did: an answer of another node changes nothing for them.</summary>
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    public int Count => _waiting.Count;

    public void Add(long request, IReadOnlyList<string> names, Predicate<NodeDescription> fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now)
    {
        _waiting.Add(new Waiting(request, names, fits, deadline, freshness));
        _wanted.UnionWith(names.Select(name => MeshAddress.Parse(name).Node));
        Look(now);
    }

    /// <summary>A node answered a call or a discovery.</summary>
    public void Confirmed(string address, TimeSpan now)
    {
        _confirmations.Note(address, now);
        if (_wanted.Contains(MeshAddress.Parse(address).Node))
        {
            Look(now);
        }
    }

    public bool HasAsked(string id) => _confirmations.HasAsked(id);

    public void Remove(Func<long, bool> which)
    {
        _waiting.RemoveAll(waiting => which(waiting.Request));
        RestIfDone();
    }

    /// <summary>Answers what is complete, asks nodes that have not shown themselves lately, gives up what waited too long.</summary>
    public void Look(TimeSpan now)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        ILookup<string, MeshNode> ready = view.OtherNodes.Where(item => _wanted.Contains(item.Node.Name) && item.IsReady).ToLookup(item => item.Node.Name, StringComparer.Ordinal);
        foreach (Waiting waiting in _waiting.ToArray())
        {
            // All of them are asked at once, not one after the other.
            NodeDescription?[] found = [.. waiting.Names.Select(name => FindFresh(_nodes.WithId(MeshAddress.Parse(name)), ready, waiting, now))];
            if (found.All(node => node is not null))
            {
                var data = new RequiredData { Nodes = [.. found.OfType<NodeDescription>()] };
                Answer(waiting, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData));
            }
            else if (now >= waiting.Deadline)
            {
                IEnumerable<string> missing = waiting.Names.Where((_, place) => found[place] is null).Select(WhyMissing);
                Answer(waiting, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.NodeNotReady, string.Join("; ", missing)) });
            }
        }

        RestIfDone();
    }

    private NodeDescription? FindFresh(MeshAddress wanted, ILookup<string, MeshNode> ready, Waiting waiting, TimeSpan now)
    {
        bool mayBeHere = wanted.Agent is null || wanted.Agent == view.Self.Id;
        MeshNode own = view.Here.All.Select(node => new MeshNode(view.Self.Id, node)).FirstOrDefault(item => mayBeHere && item.Node.Name == wanted.Node && item.IsReady && waiting.Fits(item.Node));
        if (own.Node is not null)
        {
            return own.Described; // this agent sees it itself
        }

        // No short cut: each is asked, whoever answers first will do.
        IEnumerable<MeshNode> candidates = ready[wanted.Node].Where(item => wanted.Agent is null || wanted.Agent == item.Agent);
        MeshNode[] fresh = [.. candidates.Where(item => waiting.Fits(item.Node) && _confirmations.IsFresh(item.Address, waiting.Freshness, now))];
        return fresh is [var first, ..] ? first.Described : null;
    }

    private string WhyMissing(string name)
    {
        MeshAddress wanted = _nodes.WithId(MeshAddress.Parse(name));
        return view.OtherNodes.Any(item => item.Node.Name == wanted.Node && (wanted.Agent is null || wanted.Agent == item.Agent) && item.IsReady) ? $"'{name}' is said to be ready and does not show it"
            : wanted.Agent is null && !view.AllNodes.Any(item => item.Node.Name == wanted.Node) ? _nodes.WhyNobody(name).Message
            : _nodes.WhyNotReady(name);
    }

    private void Answer(Waiting waiting, Envelope answer)
    {
        _waiting.Remove(waiting);
        output.Add(new AnswerRequest(waiting.Request, answer));
    }

    private void RestIfDone()
    {
        if (_waiting.Count == 0)
        {
            _confirmations.Rest();
            _wanted.Clear();
        }
    }

    private sealed record Waiting(long Request, IReadOnlyList<string> Names, Predicate<NodeDescription> Fits, TimeSpan Deadline, TimeSpan Freshness);
}
