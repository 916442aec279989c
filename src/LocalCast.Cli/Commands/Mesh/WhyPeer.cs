using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary>The part of <c>why</c> that is about another agent.</summary>
internal static class WhyPeer
{
    /// <summary>Writes what is known of a peer; if that is nothing, what was known of a node of that name is the error.</summary>
    public static async Task<int> WriteAsync(LocalNode node, string peer, bool asJson, LocalCastException noNode, CancellationToken stop)
    {
        JsonElement answer;
        try
        {
            answer = await node.AskAsync("why-peer", [peer], timeout: null, stop);
        }
        catch (LocalCastException e) when (e.Code is LocalCastError.BadRequest)
        {
            throw noNode; // there is no mesh, so a node was meant
        }

        PeerAnswer report = answer.As(MeshOperationsJson.Default.PeerAnswer);
        if (!report.Known)
        {
            throw new LocalCastException(LocalCastError.NodeNotFound, $"{noNode.Error.Message}, and the mesh knows no agent or address '{peer}'");
        }

        if (asJson)
        {
            StandardOutput.WriteJson(answer.WriteTo);
            return ExitCodes.Success;
        }

        StandardOutput.WriteLine(Failures.OneLine($"{peer}: {report.Summary}"));
        if (report.Links.Count > 0)
        {
            PeersCommand.Write(report.Links);
        }

        foreach (PeerEventRow item in report.Events)
        {
            string count = item.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({item.Count} times)") : "";
            StandardOutput.WriteLine(Failures.OneLine($"  {TextTable.Rough(TimeProvider.System.GetUtcNow() - item.Time)} ago  {item.Reason}{count}"));
        }

        if (report.Counts.Count > 0)
        {
            string counts = string.Join(", ", report.Counts.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key} {item.Value}")));
            StandardOutput.WriteLine(Failures.OneLine($"  since the agent's start: {counts}"));
        }

        if (report.Score > 0)
        {
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {report.Score} of the 100 points that are a ban"));
        }

        return ExitCodes.Success;
    }
}
