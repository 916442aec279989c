using System.Reflection;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>One agent with all plugins in C# that are not as they should be, in processes of their own and in the agent.</summary>
public sealed class BadPlugins : BadInputTest, IAsyncLifetime
{
    private const string Assembly = "LocalCast.TestPlugins.dll";
    private const string NoPlugins = "LocalCast.TestPlugins.Missing.dll";

    private NodeWatch? _nodes;

    internal NodeWatch Nodes => _nodes!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        foreach (string isolation in new[] { "process", "inProcess" })
        {
            AddPlugin("missing-file", isolation, "none.dll");
            AddPlugin("no-assembly", isolation, "node.json");
            AddPlugin("no-plugin-type", isolation, NoPlugins);
            AddPlugin("many-types", isolation, Assembly);
            AddPlugin("wrong-type", isolation, Assembly, "IsNotThere");
            AddPlugin("no-dependency", isolation, Assembly, "NeedsMore");
            AddPlugin("constructor", isolation, Assembly, "ThrowsInConstructor");
            AddPlugin("configure", isolation, Assembly, "ThrowsInConfigure");
            AddPlugin("start", isolation, Assembly, "ThrowsInStart");
            AddPlugin("endless-start", isolation, Assembly, "Endless", readyWithinMs: 3000);
            AddPlugin("endless-constructor", isolation, Assembly, "WaitsInConstructor", readyWithinMs: 3000);
            AddPlugin("endless-stop", isolation, Assembly, "EndlessStop");
        }

        AddPlugin("stuck", "inProcess", Assembly, "WaitsInConstructor", readyWithinMs: 3000);
        AddPlugin("spins", "process", Assembly, "Spins", readyWithinMs: 3000);
        AddPlugin("overflows", "process", Assembly, "OverflowsStack");
        AddPlugin("fails-fast", "process", Assembly, "FailsFast");
        (_, _nodes) = await BootAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _nodes!.DisposeAsync();
        await DisposeAsync();
    }

    internal async Task AssertIsAsync(string node, string state, params string[] reasons)
    {
        await AssertIsAsync(Nodes, node, state, reasons);
        await AssertHealthyAsync(Nodes);
    }

    internal Task<CommandResult> CommandAsync(params string[] arguments) => RunAsync(arguments);

    private void AddPlugin(string name, string isolation, string assembly, string? type = null, int readyWithinMs = 20_000)
    {
        string node = isolation == "process" ? name : name + "-inside";
        object run = type is null ? new { assembly, isolation } : new { assembly, isolation, type = "LocalCast.TestPlugins." + type };
        AddNode(node, run, new { timeoutMs = readyWithinMs }, restart: "never", stop: new { timeoutMs = 300, terminateMs = 300 });
        File.Copy(Path.Combine(Built("TestPlugins"), Assembly), Path.Combine(FolderOf(node), Assembly));
        if (assembly == NoPlugins)
        {
            File.Copy(Path.Combine(Built("TestPlugins.Missing"), NoPlugins), Path.Combine(FolderOf(node), NoPlugins));
        }
    }

    private static string Built(string key) => Path.GetFullPath(
        typeof(BadPlugins).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!);
}
