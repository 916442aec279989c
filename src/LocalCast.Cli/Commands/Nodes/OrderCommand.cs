using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using LocalCast.Agent.Nodes;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>upgrade</c>: an order for some nodes, and waiting until it is done.</summary>
internal class OrderCommand : ClientCommand
{
    private const int MostAtOnce = 32;
    private static readonly TimeSpan _leastTime = TimeSpan.FromSeconds(1);

    private readonly Argument<string[]> _nodes = new("NODE") { Description = "The node, or several.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<double?> _timeout = SharedOptions.Timeout("How long to wait until it is done (default 60). Then the command ends with an error; what it began goes on.");
    private readonly string _operation;

    public OrderCommand(string operation, string description, params string[] examples)
        : base(operation, description, examples)
    {
        _operation = operation;
        Add(_nodes);
        Add(_timeout);
    }

    /// <summary>The names that were given.</summary>
    protected IReadOnlyList<string> NodesOf(ParseResult parsed) => parsed.GetValue(_nodes) ?? [];

    /// <summary>Lets the names be absent.</summary>
    protected void AllowNoNode() => _nodes.Arity = ArgumentArity.ZeroOrMore;

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        TimeSpan? timeout = SharedOptions.ToTime(parsed.GetValue(_timeout));
        Outcome[] outcomes = await OrderAllAsync(node, NodesOf(parsed), timeout ?? AgentCall.DefaultTimeout, stop);
        NodeRow[] done = [.. outcomes.Select(outcome => outcome.Row).OfType<NodeRow>()];
        if (WantsJson(parsed))
        {
            NodeTable.WriteJson(done);
        }
        else if (done.Length > 0)
        {
            NodeTable.WriteTable(done);
        }

        foreach (NodeRow row in done.Where(row => row.RestartedBecause is not null))
        {
            await Console.Error.WriteLineAsync(Failures.OneLine($"localcast: {row.Name} was restarted, not replaced, so calls may have failed meanwhile: {row.RestartedBecause}"));
        }

        return outcomes.Where(outcome => outcome.Error is not null).Select(Report).LastOrDefault(ExitCodes.Success);
    }

    // The agent takes only so many calls of one participant at a time. What has its turn when the time is over is ordered all the same.
    private async Task<Outcome[]> OrderAllAsync(LocalNode node, IReadOnlyList<string> names, TimeSpan timeout, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan least = timeout < _leastTime ? timeout : _leastTime;
        var outcomes = new Outcome[names.Count];
        await Parallel.ForAsync(0, names.Count, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = stop }, async (index, token) =>
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            outcomes[index] = await OrderAsync(node, names[index], left > least ? left : least, token);
        });
        return outcomes;
    }

    private async Task<Outcome> OrderAsync(LocalNode node, string name, TimeSpan timeout, CancellationToken stop)
    {
        try
        {
            JsonElement answer = await node.AskAsync(_operation, [name], timeout, stop);
            return new Outcome(name, answer.As(OperationsJson.Default.NodeRow), null);
        }
        catch (LocalCastException e) when (e.Code != LocalCastError.Cancelled)
        {
            return new Outcome(name, null, e.Error); // the other nodes have theirs
        }
    }

    private static int Report(Outcome failed) =>
        Failures.Report(failed.Error!, failed.Error!.Code == LocalCastError.Timeout ? $"what it waits for: localcast why {failed.Node}" : null);

    private sealed record Outcome(string Node, NodeRow? Row, ErrorInfo? Error);
}
