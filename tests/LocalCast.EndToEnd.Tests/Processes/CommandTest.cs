using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A folder of its own with a pipe of its own for each test, and an end for every process that it started.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private readonly List<CommandProcess> _processes = [];

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("localcast-").FullName;

    private protected string Pipe => Path.Combine(Folder, "pipe");

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (CommandProcess process in _processes)
        {
            process.Dispose();
        }

        await Task.Run(() => Directory.Delete(Folder, recursive: true)).DefaultTimeout();
    }

    /// <summary>Starts the command with exactly these words.</summary>
    private protected CommandProcess StartRaw(IReadOnlyDictionary<string, string> environment, params string[] arguments) => StartBy([], environment, arguments);

    /// <summary>Starts the command by another one.</summary>
    private protected CommandProcess StartBy(IReadOnlyList<string> launcher, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // Where an agent keeps what outlives it, unless it is told: the developer's own folder is none of a test's business.
        CommandProcess process = CommandProcess.StartBy(launcher, new Dictionary<string, string>(environment) { ["XDG_STATE_HOME"] = Path.Combine(Folder, "state") }, arguments);
        lock (_processes)
        {
            _processes.Add(process);
        }

        return process;
    }

    /// <summary>Starts the command on this test's pipe.</summary>
    private protected CommandProcess Start(params string[] arguments) =>
        StartRaw(new Dictionary<string, string> { ["LOCALCAST_PIPE"] = Pipe }, arguments);

    /// <summary>Runs the command on this test's pipe to its end.</summary>
    private protected async Task<CommandResult> RunAsync(params string[] arguments) => await Start(arguments).WaitForExitAsync();

    private protected async Task<CommandProcess> StartAgentAsync(params string[] arguments)
    {
        CommandProcess agent = Start(["up", .. arguments]);
        await agent.WaitForOutputAsync("  stop   ");
        return agent;
    }

    private protected async Task<CommandProcess> StartEchoAsync(params string[] arguments)
    {
        CommandProcess echo = Start(["serve-echo", .. arguments]);
        await echo.WaitForOutputAsync("serves");
        return echo;
    }
}
