namespace LocalCast.Mesh;

/// <summary>Which agents bear which name: found without walking all documents, of which there may be thousands for each of thousands of names. Made anew when it is asked for and documents or paths have changed.</summary>
internal sealed class AgentNames(MeshSelf self, DocumentStore store)
{
    private Dictionary<string, List<string>> _ids = [];
    private long _madeOf = -1;

    /// <summary>The ids of those that can be reached, this one among them, in order.</summary>
    public IReadOnlyList<string> IdsOf(string name)
    {
        if (_madeOf != store.Changes)
        {
            (_ids, _madeOf) = (Collect(), store.Changes);
        }

        return _ids.TryGetValue(name, out List<string>? ids) ? ids : [];
    }

    private Dictionary<string, List<string>> Collect()
    {
        Dictionary<string, List<string>> all = new(StringComparer.Ordinal);
        Add(all, self.Name, self.Id);
        foreach (AgentDocument document in store.Reachable)
        {
            Add(all, document.Name, document.Id);
        }

        foreach (List<string> ids in all.Values)
        {
            ids.Sort(StringComparer.Ordinal);
        }

        return all;
    }

    private static void Add(Dictionary<string, List<string>> all, string? name, string id)
    {
        if (name is null)
        {
            return;
        }

        if (!all.TryGetValue(name, out List<string>? ids))
        {
            all.Add(name, ids = []);
        }

        ids.Add(id);
    }
}
