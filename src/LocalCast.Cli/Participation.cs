using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Cli;

/// <summary>How the command joins the agent.</summary>
internal static class Participation
{
    private static readonly TimeSpan _drain = TimeSpan.FromSeconds(1);

    /// <summary>Joins as a client that asks once and goes.</summary>
    /// <param name="pipe">The agent's pipe.</param>
    /// <param name="isLasting">Whether to wait and join again when the agent goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<LocalNode> JoinAsClientAsync(string? pipe, bool isLasting, CancellationToken cancellationToken) =>
        LocalNode.JoinAsync(string.Create(CultureInfo.InvariantCulture, $"cli-{Environment.ProcessId}"), options =>
        {
            options.Pipe = pipe;
            options.IsClient = true;
            options.Version = ProductVersion.Text;
            options.Reconnect = isLasting;
            options.DrainTimeout = _drain;
        }, cancellationToken);

    /// <summary>Says on stderr when a lasting participant loses its agent and when it is back.</summary>
    public static void TellAboutAgent(LocalNode node) => node.OnStateChanged += change =>
    {
        if (change.New == NodeState.Reconnecting)
        {
            Console.Error.WriteLine(Failures.OneLine($"localcast: the agent has gone ({change.Reason}); waiting for it"));
        }
        else if (change is { Old: NodeState.Reconnecting, New: NodeState.Ready })
        {
            Console.Error.WriteLine("localcast: the agent is back");
        }
    };

    /// <summary>Serves until it is stopped, or refused by the agent for good.</summary>
    public static async Task StayAsync(LocalNode node, CancellationToken stop)
    {
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.OnStateChanged += change =>
        {
            if (change is { New: NodeState.Left, Reason: { } reason })
            {
                refused.TrySetException(new LocalCastException(reason));
            }
        };
        try
        {
            await refused.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // This is how serving ends.
        }
    }
}
