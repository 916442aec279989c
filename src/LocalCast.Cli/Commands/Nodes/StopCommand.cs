using System.CommandLine;
using System.Globalization;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>stop NODE…</c>, and <c>stop --plan</c>.</summary>
internal sealed class StopCommand : OrderCommand
{
    private readonly Option<bool> _plan = new("--plan") { Description = "Stop nothing; print in which order it would be done, and how long it can take at most. Without a NODE: for all nodes." };

    public StopCommand()
        : base(
            "stop",
            "Stop nodes, and before them those that are bound to them. A node that was stopped stays so until somebody starts it, also when the agent itself is started anew.",
            "localcast stop dht",
            "localcast stop --plan",
            "localcast stop --plan dns")
    {
        Add(_plan);
        AllowNoNode();
        Validators.Add(result =>
        {
            if (!result.GetValue(_plan) && !result.Children.OfType<System.CommandLine.Parsing.ArgumentResult>().Any(argument => argument.Tokens.Count > 0))
            {
                result.AddError("which NODE? (localcast stop --plan needs none; Ctrl-C in `localcast up` stops everything)");
            }
        });
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        if (!parsed.GetValue(_plan))
        {
            return await base.RunAsync(node, parsed, stop);
        }

        System.Text.Json.JsonElement answer = await node.AskAsync("plan", [.. NodesOf(parsed)], timeout: null, stop);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.WriteTo);
            return ExitCodes.Success;
        }

        PlanAnswer plan = answer.As(OperationsJson.Default.PlanAnswer);
        for (int step = 0; step < plan.Steps.Count; step++)
        {
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step + 1,3}. {string.Join(", ", plan.Steps[step].Select(Describe))}"));
        }

        StandardOutput.WriteLine(plan.Steps.Count == 0
            ? "nothing runs"
            : $"at most {Seconds(plan.WorstCaseMs)}; {Seconds(plan.WorstCaseExtendedMs)} if nodes ask for all the time they may");
        return ExitCodes.Success;
    }

    private static string Describe(PlanRow row) => $"{row.Name} ({row.State}, at most {Seconds(row.WorstCaseMs)})";

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");
}
