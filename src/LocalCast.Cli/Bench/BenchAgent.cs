using System.Text.Json.Nodes;

namespace LocalCast.Cli.Bench;

/// <summary>An agent without plugins in a process of its own, whose links are open. It never outlives the measurement.</summary>
internal sealed class BenchAgent : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _process;
    private readonly string _folder;

    private BenchAgent(ChildProcess process, string folder, string pipe, string url) => (_process, _folder, Pipe, Url) = (process, folder, pipe, url);

    public string Pipe { get; }

    /// <summary>Where other agents dial it.</summary>
    public string Url { get; }

    public ChildProcess Process => _process;

    /// <summary>Starts one and waits until others can dial it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="mesh">What is configured of the mesh beside what all of these agents have.</param>
    /// <param name="peer">Whom it dials.</param>
    /// <param name="stop">Cancels the start.</param>
    public static async Task<BenchAgent> StartAsync(string id, JsonObject mesh, string? peer, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("localcast-bench-").FullName;
        string pipe = Path.Combine(folder, "pipe");
        string config = Path.Combine(folder, "agent.json");

        // What one agent learns of another would add links to the shape that is measured.
        mesh["wantedOutbound"] = 0;
        await File.WriteAllTextAsync(config, new JsonObject { ["mesh"] = mesh, ["logging"] = new JsonObject { ["level"] = "Error" } }.ToJsonString(), stop);
        ChildProcess process = ChildProcess.Start(
        [
            "up", "--no-plugins", "--config", config, "--pipe", pipe, "--data", Path.Combine(folder, "data"), "--node-id", id, "--port", "0", "--mesh-security", "none",
            .. peer is null ? (string[])[] : ["--add-peer", peer],
        ]);
        try
        {
            return new BenchAgent(process, folder, pipe, await ReadUrlAsync(process, stop).WaitAsync(_limit, TimeProvider.System, stop));
        }
        catch
        {
            await process.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Joins it as a client.</summary>
    public Task<LocalNode> JoinAsync(CancellationToken stop) =>
        LocalNode.JoinAsync("bench", options => (options.Pipe, options.IsClient, options.WaitForAgent) = (Pipe, true, _limit), stop);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // The summary's line: "  mesh   localcast as h0 at ws://127.0.0.1:46356, dials ws://…"
    private static async Task<string> ReadUrlAsync(ChildProcess process, CancellationToken stop)
    {
        const string Before = " at ";
        while (await process.Output.ReadLineAsync(stop) is { } line)
        {
            int start = line.IndexOf(Before, StringComparison.Ordinal);
            if (line.StartsWith("  mesh ", StringComparison.Ordinal) && start >= 0)
            {
                return line[(start + Before.Length)..].Split(',')[0];
            }
        }

        throw new InvalidOperationException("the agent ended instead of listening");
    }
}
