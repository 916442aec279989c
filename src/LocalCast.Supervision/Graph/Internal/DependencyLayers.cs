namespace LocalCast.Supervision.Internal;

/// <summary>Sorts names into layers, so that all that come before a name are in layers before its own.</summary>
internal static class DependencyLayers
{
    /// <summary>Sorts. Names that go round in a circle are all in the last layer.</summary>
    /// <param name="names">The names; what comes before them counts only if it is among them.</param>
    /// <param name="before">The names that come before a name.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IReadOnlyCollection<string> names, Func<string, IReadOnlyList<string>> before)
    {
        Dictionary<string, int> open = names.ToDictionary(name => name, _ => 0, StringComparer.Ordinal);
        Dictionary<string, List<string>> after = names.ToDictionary(name => name, _ => new List<string>(), StringComparer.Ordinal);
        foreach (string name in names)
        {
            foreach (string earlier in before(name).Where(open.ContainsKey).Distinct(StringComparer.Ordinal))
            {
                open[name]++;
                after[earlier].Add(name);
            }
        }

        List<IReadOnlyList<string>> layers = [];
        List<string> layer = [.. names.Where(name => open[name] == 0)];
        while (layer.Count > 0)
        {
            layer.Sort(StringComparer.Ordinal);
            layers.Add(layer);
            layer.ForEach(name => open.Remove(name));
            layer = [.. layer.SelectMany(name => after[name]).Where(name => --open[name] == 0)];
        }

        if (open.Count > 0)
        {
            layers.Add([.. open.Keys.Order(StringComparer.Ordinal)]);
        }

        return layers;
    }
}
