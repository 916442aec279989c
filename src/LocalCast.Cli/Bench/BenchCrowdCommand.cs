using System.CommandLine;
using System.Globalization;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench crowd</c>: the nodes of <c>bench ping</c>, all in one process of their own.</summary>
internal sealed class BenchCrowdCommand : CliCommand
{
    /// <summary>What it prints when all nodes are in.</summary>
    public const string ReadyLine = "ready";

    private readonly Option<string> _prefix = new("--prefix") { Required = true };
    private readonly Option<int> _nodes = SharedOptions.WholeNumber("--nodes", "How many nodes join.", 1, 10_000, byDefault: null);
    private readonly Option<bool> _endWithInput = new(ChildProcess.EndWithInput);

    public BenchCrowdCommand()
        : base("crowd", "Be the nodes that bench ping finds.")
    {
        Hidden = true;
        Add(_prefix);
        Add(_nodes);
        Add(_endWithInput);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        string prefix = parsed.GetRequiredValue(_prefix);
        int count = parsed.GetRequiredValue(_nodes);
        List<LocalNode> nodes = new(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                nodes.Add(await LocalNode.JoinAsync(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"), options =>
                {
                    options.Pipe = PipeOf(parsed);
                    options.Version = ProductVersion.Text;
                    options.HandleBytes("echo", (bytes, _) => ValueTask.FromResult(bytes));
                }, stop));
            }

            StandardOutput.WriteLine(ReadyLine);
            Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            await Task.WhenAny(stopped, parsed.GetValue(_endWithInput) ? ChildProcess.WhenInputEndsAsync() : stopped);
            return ExitCodes.Success;
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        }
    }
}
