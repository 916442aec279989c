using System.CommandLine;
using System.Text.Json;
using LocalCast.Agent.Nodes;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>why NODE</c></summary>
internal sealed class WhyCommand : ClientCommand
{
    private readonly Argument<string> _node = new("NODE") { Description = "The node; or another agent, by id, name or address." };

    public WhyCommand()
        : base(
            "why",
            "Say why a node is up or is not: the chain of causes through what it requires, its last lines on stderr, its last probe, what happened before.",
            "localcast why dht",
            "localcast why ws://kitchen:46356",
            "localcast why dht --json") => Add(_node);

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        JsonElement answer;
        try
        {
            answer = await node.AskAsync("why", [parsed.GetRequiredValue(_node)], timeout: null, stop);
        }
        catch (LocalCastException noNode) when (noNode.Code == LocalCastError.NodeNotFound)
        {
            return await WhyPeer.WriteAsync(node, parsed.GetRequiredValue(_node), WantsJson(parsed), noNode, stop);
        }

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
