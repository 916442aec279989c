namespace LocalCast.Agent.Mesh;

/// <summary>All agents that can be reached, put together from the pages of the method <c>agents</c>.</summary>
public static class AgentList
{
    /// <summary>More than any agent keeps. A mesh in which agents come faster than they are read ends the list here.</summary>
    public const int Most = 65_536;

    /// <summary>Reads one page after the other; those with the fewest links on the way come first.</summary>
    /// <param name="ask">Asks for the agents behind an id, or for the first page with <see langword="null"/>. An agent that knows no pages may answer with all of them each time.</param>
    public static async Task<AgentRow[]> ReadAsync(Func<string?, Task<AgentRow[]>> ask)
    {
        List<AgentRow> all = [];
        for (string? last = null; all.Count < Most; last = all.MaxBy(row => row.Id, StringComparer.Ordinal)!.Id)
        {
            int before = all.Count;
            all.AddRange((await ask(last).ConfigureAwait(false)).Where(row => string.CompareOrdinal(row.Id, last) > 0));
            if (all.Count == before)
            {
                break;
            }
        }

        return [.. all.OrderBy(row => row.Hops).ThenBy(row => row.RttMs).ThenBy(row => row.Id, StringComparer.Ordinal)];
    }
}
