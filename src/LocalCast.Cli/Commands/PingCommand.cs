using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary><c>ping</c>: who answers.</summary>
internal sealed class PingCommand : ClientCommand
{
    private readonly Option<double?> _timeout = SharedOptions.Timeout("How long to wait for answers (default and at most 5). Ends earlier when all have answered.");

    private readonly Option<bool> _mesh = SharedOptions.Mesh("Ask the nodes of all agents in the mesh, as well as this machine's.");

    public PingCommand()
        : base("ping", "Ask all nodes who they are and how fast they answer.", "localcast ping", "localcast ping --mesh", "localcast ping --timeout 0.5 --json")
    {
        Add(_timeout);
        Add(_mesh);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        List<FoundNode> found = [];
        await foreach (FoundNode one in node.PingAsync(SharedOptions.ToTime(parsed.GetValue(_timeout)), parsed.GetValue(_mesh) ? Scope.Mesh : Scope.Machine, stop))
        {
            found.Add(one);
        }

        found.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        if (WantsJson(parsed))
        {
            Descriptions.WriteJson(found);
        }
        else if (found.Count == 0)
        {
            StandardOutput.WriteLine("nobody answered");
        }
        else
        {
            Descriptions.WriteTable(found);
        }

        return ExitCodes.Success;
    }
}
