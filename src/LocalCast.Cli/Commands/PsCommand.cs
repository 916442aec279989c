using System.CommandLine;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>ps</c>: who is in and what the agent looks after, as the agent knows it.</summary>
internal sealed class PsCommand : ClientCommand
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Show it anew each second until Ctrl-C; with --json one array per line." };

    public PsCommand()
        : base(
            "ps",
            "List the nodes that the agent looks after, running or not, and everybody else who has joined. CPU is percent of one core since the last look, MEMORY is in MiB (M). Nobody is asked; ping asks.",
            "localcast ps",
            "localcast ps --watch",
            "localcast ps --json") => Add(_watch);

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        bool isWatching = parsed.GetValue(_watch);
        do
        {
            IReadOnlyList<NodeRow> rows = await node.ListRowsAsync(stop);
            if (WantsJson(parsed))
            {
                NodeTable.WriteJson(rows);
            }
            else if (isWatching && !Console.IsOutputRedirected)
            {
                Redraw(NodeTable.Lay(rows));
            }
            else
            {
                NodeTable.WriteTable(rows);
            }

            if (isWatching)
            {
                await Task.Delay(_interval, TimeProvider.System, stop);
            }
        }
        while (isWatching);

        return ExitCodes.Success;
    }

    // Over what stood there, line by line, then whatever is left of it: a screen that is cleared first would flicker.
    private static void Redraw(IReadOnlyList<string> lines) =>
        StandardOutput.WriteLine("\e[H" + string.Join("\e[K\n", lines.Take(Math.Max(1, Console.WindowHeight - 1))) + "\e[J");
}
