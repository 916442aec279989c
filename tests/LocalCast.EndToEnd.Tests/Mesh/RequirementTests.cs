using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Nodes that require what only other agents have.</summary>
public sealed class RequirementTests : MeshTest
{
    private JsonConnection? _far;
    private Task _answering = Task.CompletedTask;

    public override async Task DisposeAsync()
    {
        _far?.Dispose();
        await Record.ExceptionAsync(() => _answering); // it reads until the connection ends
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Freshness_NodeElsewhereAnswersNothing_IsNotTakenForReadyUntilItDoes()
    {
        await UpAsync("b");
        _far = await JsonConnection.JoinAsync(PipeOf("b"), "far", role: "node");
        await UpWithPluginAsync("""{ "node": "far", "scope": "mesh", "freshnessMs": 5000, "timeoutMs": 1500 }""", "b");

        await WaitForPluginAsync("Failed", "said to be ready, and does not show it");
        _answering = AnswerPingsAsync(_far);
        await WaitForPluginAsync("Ready", "");
    }

    [Fact]
    public async Task Version_OnlyTheSecondAgentHasOneThatFits_Starts()
    {
        await UpAsync("b");
        await UpAsync("c");
        await JoinAsync("b", "far", options => options.Version = "1.0.0");
        await UpWithPluginAsync("""{ "node": "far", "scope": "mesh", "version": "^2.0", "freshnessMs": 5000 }""", "b", "c");
        await WaitForPluginAsync("Failed", "version 1.0.0, not ^2.0");

        await JoinAsync("c", "far", options => options.Version = "2.1.0");

        await WaitForPluginAsync("Ready", "");
    }

    private Task<MeshAgent> UpWithPluginAsync(string requirement, params string[] peers)
    {
        string plugins = Path.Combine(Folder, "plugins");
        Directory.CreateDirectory(Path.Combine(plugins, "needs"));
        File.WriteAllText(
            Path.Combine(plugins, "needs", "node.json"),
            $$"""{ "name": "needs", "run": { "exec": "/bin/sh", "args": ["-c", "echo up; exec sleep 600"] }, "readiness": { "kind": "log", "pattern": "up" }, "requires": [{{requirement}}] }""");
        return UpAsync("a", new MeshAgentSetup { Plugins = plugins }, peers);
    }

    private Task WaitForPluginAsync(string state, string reason) => WaitUntilAsync(
        async () =>
        {
            JsonElement row = (await AskAsync("a", "ps")).EnumerateArray().Single(row => row.GetProperty("name").GetString() == "needs");
            return row.GetProperty("state").GetString() == state && (row.GetProperty("reason").GetString() ?? "").Contains(reason, StringComparison.Ordinal);
        },
        $"the plugin does not come to {state}: {reason}");

    private static async Task AnswerPingsAsync(JsonConnection node)
    {
        while (true)
        {
            JsonElement ping = await node.ReceiveAsync("ping");
            await node.SendAsync(new { type = "pong", to = ping.GetProperty("from").GetString(), reply_to = ping.GetProperty("id").GetString(), data = new { name = "far" } });
        }
    }
}
