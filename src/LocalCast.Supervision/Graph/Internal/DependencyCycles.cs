namespace LocalCast.Supervision.Internal;

/// <summary>Finds the nodes that need themselves in the end, and the shortest way round for each.</summary>
internal static class DependencyCycles
{
    // A circle of thousands is told by its beginning and its end.
    private const int MostPrinted = 12;

    /// <summary>Every name on a circle with its path, as in <c>a → b → a</c>. A name that requires itself directly is no circle here.</summary>
    public static Dictionary<string, string> Find(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> next)
    {
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach (List<string> component in StronglyConnected.Of(names, next).Where(component => component.Count > 1))
        {
            HashSet<string> inside = new(component, StringComparer.Ordinal);
            foreach (string name in component.Order(StringComparer.Ordinal).Where(name => !paths.ContainsKey(name)))
            {
                List<string> circle = ShortestCircle(name, inside, next);
                for (int start = 0; start < circle.Count; start++)
                {
                    paths.TryAdd(circle[start], Print(circle, start));
                }
            }
        }

        return paths;
    }

    private static List<string> ShortestCircle(string start, HashSet<string> inside, Func<string, IReadOnlyList<string>> next)
    {
        Dictionary<string, string> cameFrom = new(StringComparer.Ordinal);
        var open = new Queue<string>([start]);
        while (!cameFrom.ContainsKey(start))
        {
            string name = open.Dequeue(); // in a strongly connected component every way leads back
            foreach (string other in next(name).Where(other => other != name && inside.Contains(other) && cameFrom.TryAdd(other, name)))
            {
                open.Enqueue(other);
            }
        }

        List<string> circle = [start];
        for (string name = cameFrom[start]; name != start; name = cameFrom[name])
        {
            circle.Add(name);
        }

        circle.Reverse(1, circle.Count - 1);
        return circle;
    }

    private static string Print(List<string> circle, int start)
    {
        string At(int step) => circle[(start + step) % circle.Count];
        IEnumerable<string> steps = circle.Count <= MostPrinted
            ? Enumerable.Range(0, circle.Count + 1).Select(At)
            : [.. Enumerable.Range(0, MostPrinted - 2).Select(At), $"… ({circle.Count - MostPrinted + 1} more) …", At(circle.Count - 1), At(circle.Count)];
        return string.Join(" → ", steps);
    }
}
