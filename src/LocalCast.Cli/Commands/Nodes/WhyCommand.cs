using System.CommandLine;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>why NODE</c></summary>
internal sealed class WhyCommand : ClientCommand
{
    private readonly Argument<string> _node = new("NODE") { Description = "The node." };

    public WhyCommand()
        : base(
            "why",
            "Say why a node is up or is not: the chain of causes through what it requires, its last lines on stderr, its last probe, what happened before.",
            "localcast why dht",
            "localcast why dht --json") => Add(_node);

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        JsonElement answer = await node.AskAsync("why", [parsed.GetRequiredValue(_node)], timeout: null, stop);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.WriteTo);
        }
        else
        {
            Lines.Write(answer.As(OperationsJson.Default.WhyAnswer).Text);
        }

        return ExitCodes.Success;
    }
}
