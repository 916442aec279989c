using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Who on other agents subscribes to what. What was asked once is known until something changes: programs publish to few topics, and often.</summary>
internal sealed class TopicDirectory(MeshView view)
{
    private const int MostRemembered = 1024;
    private readonly Dictionary<string, (AgentDocument Document, SubscriptionTable<int> Table)> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, string? Group), (MeshAddress[] Ready, string[] Agents)> _found = [];

    /// <summary>Documents or paths changed.</summary>
    public void Changed()
    {
        _found.Clear();
        foreach (string id in _tables.Keys)
        {
            if (!view.Store.IsReachable(id))
            {
                _tables.Remove(id);
            }
        }
    }

    /// <summary>The ready subscribers of a topic, of a group's members.</summary>
    public IReadOnlyList<MeshAddress> Subscribers(string topic, string? group) => Find(topic, group).Ready;

    /// <summary>The agents with a subscriber of a topic, ready or about to be.</summary>
    public IReadOnlyList<string> Agents(string topic, string? group) => Find(topic, group).Agents;

    private (MeshAddress[] Ready, string[] Agents) Find(string topic, string? group)
    {
        if (_found.TryGetValue((topic, group), out (MeshAddress[] Ready, string[] Agents) found))
        {
            return found;
        }

        List<MeshAddress> ready = [];
        List<string> agents = [];
        HashSet<int> matches = [];
        foreach (AgentDocument document in view.Store.Reachable.Where(document => view.IsMember(document.Id, group)))
        {
            matches.Clear();
            TableOf(document).Match(topic, matches);
            ready.AddRange(matches.Select(place => document.Nodes[place]).Where(node => node.State is null or "Ready").Select(node => new MeshAddress(node.Name, document.Id)));
            if (matches.Count > 0)
            {
                agents.Add(document.Id);
            }
        }

        if (_found.Count >= MostRemembered)
        {
            _found.Clear();
        }

        return _found[(topic, group)] = ([.. ready], [.. agents]);
    }

    private SubscriptionTable<int> TableOf(AgentDocument document)
    {
        if (_tables.TryGetValue(document.Id, out (AgentDocument Document, SubscriptionTable<int> Table) known) && ReferenceEquals(known.Document, document))
        {
            return known.Table;
        }

        var table = new SubscriptionTable<int>();
        for (int place = 0; place < document.Nodes.Count; place++)
        {
            foreach (string pattern in document.Nodes[place].Topics ?? [])
            {
                table.Add(pattern, place);
            }
        }

        _tables[document.Id] = (document, table);
        return table;
    }
}
