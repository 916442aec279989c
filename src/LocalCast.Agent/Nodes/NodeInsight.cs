using System.Text.Json;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>What an operator may want to know: <c>ps</c>, <c>why</c>, <c>graph</c>, <c>boot</c>, <c>plan</c>, <c>logs</c>.</summary>
internal sealed class NodeInsight(Supervisor supervisor, NodeRows rows, KnownNodes known)
{
    private const int MostHistory = 20;

    /// <summary>In JSON a byte may become six, and the whole has to fit into a frame.</summary>
    private const int MostLogBytes = 128 * 1024;

    /// <summary>An answer that is longer may not fit into a frame.</summary>
    private const int MostAnswerBytes = 900 * 1024;

    public Task<byte[]> ListAsync(OperationRequest request, CancellationToken cancellationToken) => Task.FromResult(Write(rows.All()));

    /// <summary>All rows; of very many, only what <c>ps</c> cannot do without.</summary>
    internal static byte[] Write(IReadOnlyList<NodeRow> rows)
    {
        byte[] answer = JsonSerializer.SerializeToUtf8Bytes(rows, OperationsJson.Default.IReadOnlyListNodeRow);
        return answer.Length <= MostAnswerBytes ? answer : JsonSerializer.SerializeToUtf8Bytes([.. rows.Select(row => row.Brief)], OperationsJson.Default.IReadOnlyListNodeRow);
    }

    public Task<byte[]> WhyAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        string node = known.Check(request.Node);
        WhyReport report = Why.Explain(node, supervisor.Views, supervisor.Now, LastErrors);
        var answer = new WhyAnswer(node, StateOf(node).ToString(), Why.Brief(node, supervisor.Views, supervisor.Now), report.ToString(), report.Chain, [.. supervisor.History(node).TakeLast(MostHistory)]);
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(answer, OperationsJson.Default.WhyAnswer));
    }

    public Task<byte[]> GraphAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, NodeView> views = supervisor.Views;
        GraphNode[] nodes =
        [
            .. views.Values.OrderBy(view => view.Manifest.Name, StringComparer.Ordinal).Select(view => new GraphNode(
                view.Manifest.Name,
                view.State.ToString(),
                [.. view.Manifest.Requires.Select(requirement => new GraphEdge(requirement.Node, JsonNamingPolicy.CamelCase.ConvertName(requirement.Mode.ToString())))])),
        ];
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(new GraphAnswer(GraphText.Of(views), GraphDot.Of(views), nodes), OperationsJson.Default.GraphAnswer));
    }

    public Task<byte[]> BootAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        var timeline = BootTimeline.Of(supervisor.Views.Values);
        var answer = new BootAnswer(timeline.ToString(), Math.Round(timeline.Total.TotalMilliseconds, 1), timeline.CriticalPath, [.. timeline.Rows.Select(BootNode.Of)], [.. timeline.Later.Select(BootNode.Of)]);
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(answer, OperationsJson.Default.BootAnswer));
    }

    public Task<byte[]> PlanAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = request.Names;
        IEnumerable<string> stopped = names.Count == 0 ? supervisor.Views.Keys : supervisor.Graph.WithBoundDependents(names.Select(known.Check));
        var plan = StopPlan.For(supervisor.Graph, stopped.Where(IsRunning));
        PlanRow Row(StopPlanNode node) => new(node.Name, StateOf(node.Name).ToString(), (long)node.WorstCase.TotalMilliseconds);
        var answer = new PlanAnswer([.. plan.Steps.Select(step => step.Select(Row).ToArray())], (long)plan.WorstCase.TotalMilliseconds, (long)plan.WorstCaseExtended.TotalMilliseconds);
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(answer, OperationsJson.Default.PlanAnswer));
    }

    public async Task<byte[]> LogsAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        LogsRequest wanted = request.Options(OperationsJson.Default.LogsRequest) ?? new LogsRequest();
        NodeLog log = supervisor.Logs.For(known.Check(request.Node));
        if (wanted is { WaitMs: > 0 and { } wait, After: { } after })
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(wait);
            await log.WaitForMoreAsync(after, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        long last = log.LastSequence;
        IReadOnlyList<LogLine> lines = wanted is { After: null, Since: null }
            ? await ReadLastAsync(log, wanted.Lines, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(log, wanted, cancellationToken).ConfigureAwait(false);
        var answer = new LogsAnswer
        {
            Lines = [.. lines.Select(line => new LogRow(line.Sequence, line.Time, line.Stream == OutputStream.Error ? "stderr" : "stdout", line.Text))],
            Next = lines.Count > 0 ? lines[^1].Sequence : Math.Max(wanted.After ?? last, last), // also when none of those up to here was wanted
            Last = log.LastSequence,
            Problem = log.Problem,
        };
        return JsonSerializer.SerializeToUtf8Bytes(answer, OperationsJson.Default.LogsAnswer);
    }

    /// <summary>The last lines, as many as one answer holds: of long ones fewer, and the newest in any case.</summary>
    private static async Task<IReadOnlyList<LogLine>> ReadLastAsync(NodeLog log, int? most, CancellationToken cancellationToken)
    {
        int count = Math.Clamp(most ?? new LogQuery().MaxLines, 0, new LogQuery().MaxLines);
        var last = new Queue<LogLine>();
        long bytes = 0;
        long after = Math.Max(0, log.LastSequence - count);
        long end = log.LastSequence; // what is printed meanwhile is read the next time
        while (count > 0 && after < end
            && await log.ReadAsync(new LogQuery { After = after, MaxBytes = MostLogBytes }, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (LogLine line in page)
            {
                last.Enqueue(line);
                bytes += line.Text.Length;
                while (last.Count > 1 && (bytes > MostLogBytes || last.Count > count))
                {
                    bytes -= last.Dequeue().Text.Length;
                }
            }

            after = page[^1].Sequence;
        }

        return [.. last];
    }

    /// <summary>The next lines after a place.</summary>
    private static Task<IReadOnlyList<LogLine>> ReadAsync(NodeLog log, LogsRequest wanted, CancellationToken cancellationToken)
    {
        var query = new LogQuery { MaxBytes = MostLogBytes };
        int most = Math.Clamp(wanted.Lines ?? query.MaxLines, 0, query.MaxLines);
        long after = wanted.After ?? 0;
        return most == 0
            ? Task.FromResult<IReadOnlyList<LogLine>>([])
            : log.ReadAsync(query with { After = after, Since = wanted.Since, MaxLines = most }, cancellationToken);
    }

    // One that is gone by now, with its plugin folder, is as good as switched off.
    private SupervisedState StateOf(string node) => supervisor.Views.TryGetValue(node, out NodeView? view) ? view.State : SupervisedState.Disabled;

    private bool IsRunning(string node) => StateOf(node) is
        SupervisedState.Starting or SupervisedState.Ready or SupervisedState.Degraded or SupervisedState.Draining or SupervisedState.Stopping;

    private IReadOnlyList<string> LastErrors(string node) => [.. supervisor.Logs.For(node).LastErrors(Why.ErrorLines).Select(line => line.Text)];
}
