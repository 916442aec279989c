using System.Text.Json;
using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>The agents that can be reached, in pages: there may be thousands, and an answer is one frame.</summary>
internal static class AgentPages
{
    /// <summary>A quarter of a frame, unless the configuration has smaller ones.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>What a page is made of; documents and paths do not change once they are there.</summary>
    public static (AgentDocument Document, MeshPath Path)[] Reachable(MeshMachine machine) =>
    [
        .. machine.Documents.Where(document => machine.Paths.ContainsKey(document.Id)).Select(document => (document, machine.Paths[document.Id])),
    ];

    /// <summary>As many as there is room for, by their ids, behind the one at which the last page ended. An empty page ends the list.</summary>
    public static AgentRow[] Page(IEnumerable<(AgentDocument Document, MeshPath Path)> agents, string? after)
    {
        List<AgentRow> page = [];
        int bytes = 0;
        foreach ((AgentDocument document, MeshPath path) in agents.Where(agent => after is null || string.CompareOrdinal(agent.Document.Id, after) > 0).OrderBy(agent => agent.Document.Id, StringComparer.Ordinal))
        {
            AgentRow row = Fitting(AgentRow.Of(document, path), out int size);
            bytes += size;
            if (bytes > MostBytes)
            {
                break;
            }

            page.Add(row);
        }

        return [.. page];
    }

    /// <summary>One that would fill a page by itself, with names of the worst letters, comes without its nodes: the list has to go on.</summary>
    private static AgentRow Fitting(AgentRow row, out int size)
    {
        size = SizeOf(row);
        if (size > MostBytes)
        {
            row = row with { Nodes = [], NodesLeftOut = row.Nodes.Count + row.NodesLeftOut };
            size = SizeOf(row);
        }

        return row;
    }

    private static int SizeOf(AgentRow row) => JsonSerializer.SerializeToUtf8Bytes(row, MeshOperationsJson.Default.AgentRow).Length + 1; // and a comma
}
