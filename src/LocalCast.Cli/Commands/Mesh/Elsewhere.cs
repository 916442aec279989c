using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary>What the mesh knows of a name that nothing on this machine has.</summary>
internal static class Elsewhere
{
    /// <summary>What whoever named it may do instead; nothing when there is no mesh, or none that knows it.</summary>
    public static async Task<string?> HintAsync(LocalNode node, string name, CancellationToken stop)
    {
        RouteAnswer route;
        try
        {
            route = (await node.AskAsync("route", [name], timeout: null, stop)).As(MeshOperationsJson.Default.RouteAnswer);
        }
        catch (LocalCastException)
        {
            return null; // there is no mesh, or nobody to ask any more: the first error stands
        }

        return route is { Target: { } target, Here: false } ? $"another agent has it: localcast ping {name} --mesh, or localcast ping {target}"
            : route.Named is { } agent ? $"'{agent}' is an agent: localcast call localcast@{agent} info; its nodes are NODE@{agent}"
            : null;
    }
}
