using System.CommandLine;
using System.Globalization;
using LocalCast.Agent;
using LocalCast.Agent.Configuration;
using LocalCast.Protocol;
using LocalCast.Transports;
using Microsoft.Extensions.Logging;

namespace LocalCast.Cli.Commands;

/// <summary><c>up</c>: the agent in the foreground.</summary>
internal sealed class UpCommand : CliCommand
{
    private readonly Option<string?> _config = new("--config") { Description = "A JSON file with settings; docs/operations.md lists them.", HelpName = "FILE" };
    private readonly Option<bool> _noPlugins = new("--no-plugins") { Description = "Start no plugins. There is no supervisor yet, so none are started in any case." };

    public UpCommand()
        : base(
            "up",
            "Run the agent in the foreground until Ctrl-C or SIGTERM; a second signal ends it at once. The log goes to stderr.",
            "localcast up",
            "localcast up --pipe /run/user/1000/localcast",
            "localcast up --config agent.json")
    {
        Add(_config);
        Add(_noPlugins);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var options = new AgentOptions();
        if (parsed.GetValue(_config) is { } file && !TryApply(file, options))
        {
            return ErrorCatalog.ExitCodeOf(LocalCastError.BadRequest);
        }

        options.Pipe = PipeOf(parsed) ?? FromEnvironment() ?? options.Pipe;
        options.Broadcaster.AgentVersion = ProductVersion.Text;
        using ILoggerFactory logging = AgentLogging.Create(options.Logging);
        await using AgentHost agent = await AgentHost.StartAsync(options, logging, TimeProvider.System, stop);
        WriteSummary(agent, options);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await agent.StopAsync("the agent was stopped");
        StandardOutput.WriteLine("stopped");
        return ExitCodes.Success;
    }

    private static string? FromEnvironment() => Environment.GetEnvironmentVariable(PipeAddress.EnvironmentVariable) is { Length: > 0 } pipe ? pipe : null;

    private static bool TryApply(string file, AgentOptions options)
    {
        IReadOnlyList<ConfigurationProblem> problems = ConfigurationFile.Apply(file, options);
        foreach (ConfigurationProblem problem in problems)
        {
            Console.Error.WriteLine(Failures.OneLine($"localcast: {file}: {problem}"));
        }

        return problems.Count == 0;
    }

    private static void WriteSummary(AgentHost agent, AgentOptions options)
    {
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        StandardOutput.WriteLine($"LocalCast {ProductVersion.Text} is up");
        StandardOutput.WriteLine($"  agent  {options.Broadcaster.AgentName}");
        StandardOutput.WriteLine($"  pipe   {agent.PipePath}");
        StandardOutput.WriteLine($"  door   {agent.DoorPath}");
        StandardOutput.WriteLine($"  pid    {pid}");
        StandardOutput.WriteLine($"  log    stderr, from {options.Logging.Level} on" + (options.Logging.FilePath is { } path ? $"; {path}" : ""));
        StandardOutput.WriteLine($"  stop   Ctrl-C, or: kill {pid}");
    }
}
