using LocalCast.Agent.Nodes;
using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Cli.Commands;

/// <summary>For a node that nobody knows: which one may have been meant.</summary>
internal static class WhoWasMeant
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>What to say besides the error; <see langword="null"/> when no node of this machine has a name that is near.</summary>
    public static async Task<string?> AskAsync(LocalNode node, string name, CancellationToken stop)
    {
        try
        {
            IReadOnlyList<NodeRow> rows = (await node.AskAsync("ps", [], _patience, stop)).As(OperationsJson.Default.IReadOnlyListNodeRow);
            return NearMiss.Find(name, rows.Where(row => row.Role != "client").Select(row => row.Name)) is { } meant
                ? $"did you mean '{meant}'? who is there: localcast ps"
                : null;
        }
        catch (LocalCastException)
        {
            return null; // the error stands without it
        }
    }
}
