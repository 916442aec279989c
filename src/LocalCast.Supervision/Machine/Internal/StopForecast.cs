namespace LocalCast.Supervision.Internal;

/// <summary>When nodes are down, or given up, at the latest: as things stand, when none of them asks for more time than it has got.</summary>
internal sealed class StopForecast(Board board, Stopping stopping)
{
    private readonly Dictionary<Node, TimeSpan> _known = [];

    internal static IReadOnlyList<PendingStop> Of(Board board, Stopping stopping)
    {
        var forecast = new StopForecast(board, stopping);
        return [.. from node in board.Nodes.Values where node.IsRunning let due = forecast.DownBy(node) orderby due select new PendingStop(node.Name, node.State, due)];
    }

    private TimeSpan DownBy(Node node)
    {
        if (!_known.TryGetValue(node, out TimeSpan due))
        {
            _known[node] = board.Now; // nodes that wait for one another in a circle do not wait
            TimeSpan begin = node.Current is { IsStopping: false } ? stopping.InTheWay(node).Select(DownBy).DefaultIfEmpty(board.Now).Max() : board.Now;
            due = _known[node] = new[] { node.Current, node.Other }.OfType<Instance>().Select(instance => DownBy(instance, begin)).DefaultIfEmpty(board.Now).Max();
        }

        return due;
    }

    private TimeSpan DownBy(Instance instance, TimeSpan begin)
    {
        StopSpec stop = instance.Manifest.Stop;
        return instance.Step switch
        {
            StopStep.None when instance.IsJoined => begin + stop.WorstCaseUnextended,
            StopStep.None => begin + stop.TerminateTimeout + stop.KillTimeout, // it cannot be asked
            StopStep.Asked => instance.StopDue!.Value + stop.TerminateTimeout + stop.KillTimeout,
            StopStep.Terminated => instance.StopDue!.Value + stop.KillTimeout,
            _ => instance.StopDue ?? board.Now,
        };
    }
}
