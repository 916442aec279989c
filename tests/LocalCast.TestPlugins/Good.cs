using System.Text.Json;

namespace LocalCast.TestPlugins;

/// <summary>Does everything a plugin may do, with types of its own in its calls.</summary>
public sealed class Good : INodePlugin
{
    private readonly List<string> _steps = [];
    private NodePluginContext? _context;

    public ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken)
    {
        _context = context;
        Step("configured");
        context.Node.Handle("settings", () => context.Settings?.GetRawText() ?? "none");
        context.Node.Handle("folders", () => new Folders(context.PluginFolder, context.DataFolder));
        return ValueTask.CompletedTask;
    }

    public ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        Step($"started as {node.Name} in state {node.State}");
        node.Handle("swap", (Pair pair) => new Pair(pair.Second, pair.First));
        node.Handle("steps", () => JsonSerializer.Serialize(_steps));
        return ValueTask.CompletedTask;
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        Step("stopped");
        return ValueTask.CompletedTask;
    }

    private void Step(string step)
    {
        _steps.Add(step);
        _context!.Log(step);
    }

    public sealed record Pair(string First, string Second);

    public sealed record Folders(string Plugin, string Data);
}
