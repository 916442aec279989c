using System.CommandLine;
using System.Globalization;
using LocalCast.Agent;
using LocalCast.Agent.Configuration;
using LocalCast.Cli.Bench;
using LocalCast.Protocol;
using LocalCast.Transports;
using Microsoft.Extensions.Logging;

namespace LocalCast.Cli.Commands;

/// <summary><c>up</c>: the agent in the foreground.</summary>
internal sealed class UpCommand : CliCommand
{
    private readonly Option<string?> _config = new("--config") { Description = "A JSON file with settings; docs/operations.md lists them.", HelpName = "FILE" };
    private readonly Option<bool> _noPlugins = new("--no-plugins") { Description = "Look after no nodes: programs can join, none is started." };
    private readonly Option<string[]> _plugins = new("--plugins")
    {
        Description = "A folder whose subfolders are plugins, each with a node.json; may be given several times. Without it: what the configuration says, else ./plugins. All of them run as you.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _data = new("--data") { Description = "Where logs, history and the nodes' own data are kept. Without it: what the configuration says, else a folder for this pipe in ~/.local/state/localcast (docs/operations.md).", HelpName = "DIR" };

    private readonly MeshUpOptions _mesh = new();
    private readonly Option<bool> _endWithInput = new(ChildProcess.EndWithInput) { Hidden = true };

    public UpCommand()
        : base(
            "up",
            "Run the agent, and the plugins in ./plugins as nodes, in the foreground until Ctrl-C or SIGTERM; a second signal ends it at once. The log goes to stderr.",
            "localcast up",
            "localcast up --pipe /run/user/1000/localcast",
            "localcast up --plugins ~/nodes --plugins /opt/nodes",
            "localcast up --config agent.json",
            "localcast up --port 46356 --host 0.0.0.0 --mesh-security none",
            "localcast up --add-peer ws://kitchen:46356 --mesh-security none")
    {
        Add(_config);
        Add(_plugins);
        Add(_data);
        Add(_noPlugins);
        _mesh.AddTo(this);
        Add(_endWithInput);
        Validators.Add(result =>
        {
            if (result.GetValue(_noPlugins) && result.GetValue(_plugins) is { Length: > 0 })
            {
                result.AddError("--no-plugins and --plugins exclude each other: run plugins, or run none?");
            }
        });
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var options = new AgentOptions();
        if (parsed.GetValue(_config) is { } file && !TryApply(file, options))
        {
            return ErrorCatalog.ExitCodeOf(LocalCastError.BadRequest);
        }

        options.Pipe = PipeOf(parsed) ?? FromEnvironment() ?? options.Pipe;
        options.DataFolder = parsed.GetValue(_data) ?? options.DataFolder;
        options.ArePluginsEnabled &= !parsed.GetValue(_noPlugins);
        if (parsed.GetValue(_plugins) is { Length: > 0 } directories)
        {
            if (options.ArePluginsEnabled && directories.FirstOrDefault(directory => !IsThere(directory)) is { } missing)
            {
                throw new LocalCastException(LocalCastError.BadRequest, $"--plugins: there is no folder {Path.GetFullPath(missing)}");
            }

            options.PluginDirectories = directories;
        }

        _mesh.Apply(parsed, options);
        options.Broadcaster.AgentVersion = ProductVersion.Text;
        options.Logging.AreNodesShown = !Console.IsOutputRedirected && !Console.IsErrorRedirected; // on the same screen
        using ILoggerFactory logging = AgentLogging.Create(options.Logging);
        await using AgentHost agent = await AgentHost.StartAsync(options, logging, TimeProvider.System, stop);
        WriteSummary(agent, options);
        await using var progress = new NodeProgress(agent.Supervisor);
        Task stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        Task inputEnded = parsed.GetValue(_endWithInput) ? ChildProcess.WhenInputEndsAsync() : stopped;
        bool isForced = await Task.WhenAny(stopped, inputEnded, agent.MustStop) == agent.MustStop;
        agent.StopWaits += pending => Console.Error.WriteLine(Failures.OneLine($"localcast: stopping waits for {NodeProgress.Describe(pending, agent.Supervisor)}"));
        await agent.StopAsync(isForced ? (await agent.MustStop).Reason : "the agent was stopped");
        await progress.DisposeAsync();
        StandardOutput.WriteLine("stopped");
        return isForced ? (await agent.MustStop).ExitCode : ExitCodes.Success;
    }

    // Whatever else is wrong with it is told when it is read, and may change while the agent runs.
    private static bool IsThere(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
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
        MeshUpOptions.WriteSummary(agent, options);
        if (options.ArePluginsEnabled)
        {
            int count = agent.Supervisor.Views.Count;
            StandardOutput.WriteLine($"  nodes  {count.ToString(CultureInfo.InvariantCulture)}{(options.PluginDirectories is { } given ? $" from {string.Join(", ", given)}" : "")}");
        }

        StandardOutput.WriteLine($"  log    stderr, from {options.Logging.Level} on" + (options.Logging.FilePath is { } path ? $"; {path}" : ""));
        StandardOutput.WriteLine($"  stop   Ctrl-C, or: kill {pid}");
    }
}
