using System.CommandLine;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>graph</c></summary>
internal sealed class GraphCommand : ClientCommand
{
    private readonly Option<bool> _dot = new("--dot") { Description = "In the language of Graphviz." };

    public GraphCommand()
        : base("graph", "Print which node requires which (below each node is what it requires), and where each stands.", "localcast graph", "localcast graph --dot | dot -Tsvg > nodes.svg", "localcast graph --json") => Add(_dot);

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        JsonElement answer = await node.AskAsync("graph", [], timeout: null, stop);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.GetProperty("nodes").WriteTo);
            return ExitCodes.Success;
        }

        GraphAnswer graph = answer.As(OperationsJson.Default.GraphAnswer);
        Lines.Write(parsed.GetValue(_dot) ? graph.Dot : graph.Text);
        return ExitCodes.Success;
    }
}
