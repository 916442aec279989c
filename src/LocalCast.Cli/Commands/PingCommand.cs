using System.CommandLine;
using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>ping</c>: who answers.</summary>
internal sealed class PingCommand : ClientCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

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
            try
            {
                found.Add(await node.PingAsync(name, timeout, scope, stop));
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.NodeNotFound && scope == Scope.Machine && !name.Contains('@', StringComparison.Ordinal))
            {
                return Failures.Report(e.Error, await Elsewhere.HintAsync(node, name, stop));
            }
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

        return scope == Scope.Mesh ? await SayIfAwayAsync(node, stop) : ExitCodes.Success;
    }

    /// <summary>Who answered is not all that there is when this agent has left the mesh, or is in none.</summary>
    private static async Task<int> SayIfAwayAsync(LocalNode node, CancellationToken stop)
    {
        PeerRow[] peers;
        try
        {
            peers = (await node.AskAsync("peers", [], _patience, stop)).As(MeshOperationsJson.Default.PeerRowArray);
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.BadRequest)
        {
            Failures.Remark($"only this machine was asked: {e.Message}");
            return ExitCodes.Success;
        }
        catch (LocalCastException e) when (e.Code != LocalCastError.DuplicateNode && !stop.IsCancellationRequested)
        {
            return ExitCodes.Success; // who answered is printed: that nothing more is known of the mesh does not make it a failure
        }

        return peers.FirstOrDefault(peer => peer.State == PeerState.Away) is { } away
            ? Failures.Report(new ErrorInfo(LocalCastError.DuplicateNode, away.LastError ?? "this agent is away from the mesh"), "only this machine was asked; when it comes back: localcast peers")
            : ExitCodes.Success;
    }
}
