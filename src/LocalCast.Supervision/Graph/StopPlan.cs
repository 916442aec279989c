using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>In which order nodes stop, and how long that can take.</summary>
/// <param name="Steps">The nodes in steps: those of one step may stop at the same time, once all that require them have.</param>
/// <param name="WorstCase">How long everything can take when no node asks for more time: the longest way through the steps.</param>
/// <param name="WorstCaseExtended">The same when every node asks for as much as it may.</param>
public sealed record StopPlan(IReadOnlyList<IReadOnlyList<StopPlanNode>> Steps, TimeSpan WorstCase, TimeSpan WorstCaseExtended)
{
    /// <summary>Plans the stop of nodes.</summary>
    /// <param name="graph">Who needs whom.</param>
    /// <param name="names">The nodes to stop. Those bound to them are to be among them: see <see cref="DependencyGraph.WithBoundDependents"/>. Names that the graph does not know are left out.</param>
    public static StopPlan For(DependencyGraph graph, IEnumerable<string> names)
    {
        HashSet<string> all = new(names.Where(name => graph.Find(name) is not null), StringComparer.Ordinal);
        List<IReadOnlyList<StopPlanNode>> steps = [];
        Dictionary<string, (TimeSpan Usual, TimeSpan Extended)> ends = new(StringComparer.Ordinal);
        foreach (IReadOnlyList<string> layer in DependencyLayers.Of(all, graph.DependentsOf))
        {
            List<StopPlanNode> step = [];
            foreach (string name in layer)
            {
                StopSpec stop = graph.Find(name)!.Stop;
                string[] after = [.. graph.DependentsOf(name).Where(all.Contains).Order(StringComparer.Ordinal)];
                ends[name] = (Latest(after, ends, end => end.Usual) + stop.WorstCaseUnextended, Latest(after, ends, end => end.Extended) + stop.WorstCase);
                step.Add(new StopPlanNode(name, after, stop.WorstCaseUnextended, stop.WorstCase));
            }

            steps.Add(step);
        }

        return new StopPlan(steps, Latest(ends.Keys, ends, end => end.Usual), Latest(ends.Keys, ends, end => end.Extended));
    }

    private static TimeSpan Latest(
        IEnumerable<string> names,
        Dictionary<string, (TimeSpan Usual, TimeSpan Extended)> ends,
        Func<(TimeSpan Usual, TimeSpan Extended), TimeSpan> time) =>
        names.Select(name => time(ends.GetValueOrDefault(name))).DefaultIfEmpty().Max();
}

/// <summary>A node that stops.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">The nodes that have to be down before.</param>
/// <param name="WorstCase">How long it can take when it asks for no more time.</param>
/// <param name="WorstCaseExtended">The same when it asks for as much as it may.</param>
public sealed record StopPlanNode(string Name, IReadOnlyList<string> After, TimeSpan WorstCase, TimeSpan WorstCaseExtended);
