using System.CommandLine;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>ps</c>: who is in, as the agent knows it.</summary>
internal sealed class PsCommand : ClientCommand
{
    public PsCommand()
        : base("ps", "List everybody who has joined, clients and this command too, as the agent knows them. Nobody is asked.", "localcast ps", "localcast ps --json")
    {
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        IReadOnlyList<NodeDescription> nodes = await node.ListAsync(stop);
        if (WantsJson(parsed))
        {
            Descriptions.WriteJson(nodes);
        }
        else
        {
            Descriptions.WriteTable(nodes);
        }

        return ExitCodes.Success;
    }
}
