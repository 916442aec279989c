using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary><c>ping</c>: who answers.</summary>
internal sealed class PingCommand : ClientCommand
{
    private readonly Argument<string?> _name = new("NAME") { Description = "One node, or that of one agent: name@agent. Without it all are asked.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<double?> _timeout = SharedOptions.Timeout("How long to wait for answers (default and at most 5). Ends earlier when all have answered.");

    private readonly Option<bool> _mesh = SharedOptions.Mesh("Ask the nodes of all agents in the mesh, as well as this machine's; with NAME, the nearest one of that name.");

    public PingCommand()
        : base("ping", "Ask all nodes, or one, who they are and how fast they answer.", "localcast ping", "localcast ping --mesh", "localcast ping dns@kitchen", "localcast ping --timeout 0.5 --json")
    {
        Add(_name);
        Add(_timeout);
        Add(_mesh);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        TimeSpan? timeout = SharedOptions.ToTime(parsed.GetValue(_timeout));
        Scope scope = parsed.GetValue(_mesh) ? Scope.Mesh : Scope.Machine;
        List<FoundNode> found = [];
        if (parsed.GetValue(_name) is { Length: > 0 } name)
        {
            found.Add(await node.PingAsync(name, timeout, scope, stop));
        }
        else
        {
            await foreach (FoundNode one in node.PingAsync(timeout, scope, stop))
            {
                found.Add(one);
            }
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
