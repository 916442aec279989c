using System.CommandLine;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>require NAME…</c></summary>
internal sealed class RequireCommand : ClientCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "Nodes to wait for; with --mesh also name@agent, that of one agent.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<double?> _timeout = SharedOptions.Timeout("How long to wait (default 30).");

    private readonly Option<bool> _mesh = SharedOptions.Mesh("Nodes of other agents will do.");

    private readonly Option<double?> _fresh = SharedOptions.Seconds("--fresh", "With --mesh: how old the news of another agent's node may be; what is older is asked for anew.");

    public RequireCommand()
        : base(
            "require",
            "Wait until all the named nodes are ready; fails with the missing ones when the time is over.",
            "localcast require dns dht --timeout 5",
            "localcast require dns@kitchen --mesh",
            "localcast require db && ./migrate")
    {
        Add(_names);
        Add(_timeout);
        Add(_mesh);
        Add(_fresh);
        Validators.Add(result =>
        {
            if (result.GetValue(_fresh) is not null && !result.GetValue(_mesh))
            {
                result.AddError("--fresh is for --mesh: what runs on this machine is always known at once.");
            }
        });
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        IReadOnlyList<NodeDescription> ready = await node.RequireAsync(parsed.GetRequiredValue(_names), SharedOptions.ToTime(parsed.GetValue(_timeout)), parsed.GetValue(_mesh) ? Scope.Mesh : Scope.Machine, SharedOptions.ToTime(parsed.GetValue(_fresh)), stop);
        if (WantsJson(parsed))
        {
            Descriptions.WriteJson(ready);
        }
        else
        {
            Descriptions.WriteTable(ready);
        }

        return ExitCodes.Success;
    }
}
