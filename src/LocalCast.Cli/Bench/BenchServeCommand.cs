using System.CommandLine;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench serve</c>: the echo node that is called.</summary>
internal sealed class BenchServeCommand : CliCommand
{
    private readonly Option<string> _name = new("--name") { Description = "The name to join by.", DefaultValueFactory = _ => "bench-echo" };
    private readonly Option<bool> _endWithInput = new(ChildProcess.EndWithInput) { Hidden = true };

    public BenchServeCommand()
        : base("serve", "Be an echo node of raw bytes for measurements, until Ctrl-C.", "localcast bench serve")
    {
        Add(_name);
        Add(_endWithInput);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        await using LocalNode node = await LocalNode.JoinAsync(parsed.GetRequiredValue(_name), options =>
        {
            options.Pipe = PipeOf(parsed);
            options.Version = ProductVersion.Text;
            options.HandleBytes("echo", (bytes, _) => ValueTask.FromResult(bytes));
        }, stop);
        StandardOutput.WriteLine($"{node.Name} serves echo; Ctrl-C stops it");
        Task staying = Participation.StayAsync(node, stop);
        await (parsed.GetValue(_endWithInput) ? await Task.WhenAny(staying, ChildProcess.WhenInputEndsAsync()) : staying);
        return ExitCodes.Success;
    }
}
