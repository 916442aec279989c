using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary>What the mesh knows of a name that nothing on this machine has.</summary>
internal static class Elsewhere
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>What whoever named it may do instead; nothing when there is no mesh, or none that knows it.</summary>
    public static async Task<string?> HintAsync(LocalNode node, string name, CancellationToken stop)
    {
        RouteAnswer route;
        try
        {
            route = (await node.AskAsync("route", [name], _patience, stop)).As(MeshOperationsJson.Default.RouteAnswer);
        }
        catch (LocalCastException)
        {
            return null; // there is no mesh, nobody to ask any more, or no answer soon: the first error stands
        }

        return route is { Target: { } target, Here: false } ? $"another agent has it: localcast ping {name} --mesh, or localcast ping {target}"
            : route.Named is { } agent ? $"'{agent}' is an agent: localcast call localcast@{agent} info; its nodes are NODE@{agent}"
            : null;
    }
}
