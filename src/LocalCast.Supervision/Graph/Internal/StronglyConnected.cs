namespace LocalCast.Supervision.Internal;

/// <summary>Tarjan's strongly connected components, with a stack of its own instead of recursion.</summary>
internal sealed class StronglyConnected
{
    private readonly Func<string, IReadOnlyList<string>> _next;
    private readonly Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);
    private readonly Stack<string> _open = new();
    private readonly Stack<Visit> _visits = new();
    private readonly List<List<string>> _components = [];

    private StronglyConnected(Func<string, IReadOnlyList<string>> next) => _next = next;

    public static List<List<string>> Of(IEnumerable<string> names, Func<string, IReadOnlyList<string>> next)
    {
        var search = new StronglyConnected(next);
        foreach (string name in names.Where(name => !search._marks.ContainsKey(name)))
        {
            search.Walk(name);
        }

        return search._components;
    }

    private void Walk(string start)
    {
        Enter(start);
        while (_visits.TryPeek(out Visit? visit))
        {
            if (visit.NextEdge < visit.Edges.Count)
            {
                Follow(visit, visit.Edges[visit.NextEdge++]);
            }
            else
            {
                _visits.Pop();
                Leave(visit);
            }
        }
    }

    private void Enter(string name)
    {
        var mark = new Mark { Index = _marks.Count, Lowest = _marks.Count, IsOpen = true };
        _marks.Add(name, mark);
        _open.Push(name);
        _visits.Push(new Visit(name, mark, _next(name)));
    }

    private void Follow(Visit visit, string other)
    {
        if (!_marks.TryGetValue(other, out Mark? mark))
        {
            Enter(other);
        }
        else if (mark.IsOpen)
        {
            visit.Mark.Lowest = Math.Min(visit.Mark.Lowest, mark.Index);
        }
    }

    private void Leave(Visit visit)
    {
        if (_visits.TryPeek(out Visit? parent))
        {
            parent.Mark.Lowest = Math.Min(parent.Mark.Lowest, visit.Mark.Lowest);
        }

        if (visit.Mark.Lowest != visit.Mark.Index)
        {
            return;
        }

        List<string> component = [];
        string name;
        do
        {
            name = _open.Pop();
            _marks[name].IsOpen = false;
            component.Add(name);
        }
        while (name != visit.Name);
        _components.Add(component);
    }

    private sealed class Mark
    {
        public required int Index { get; init; }

        public required int Lowest { get; set; }

        public required bool IsOpen { get; set; }
    }

    private sealed record Visit(string Name, Mark Mark, IReadOnlyList<string> Edges)
    {
        public int NextEdge { get; set; }
    }
}
