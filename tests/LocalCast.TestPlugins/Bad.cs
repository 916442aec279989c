using LocalCast.TestPlugins.Missing;

namespace LocalCast.TestPlugins;

public sealed class ThrowsInConstructor : Idle
{
    public ThrowsInConstructor() => throw new InvalidOperationException("no constructing today");
}

public sealed class ThrowsInConfigure : Idle
{
    public override ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no configuring today");
}

public sealed class ThrowsInStart : Idle
{
    public override ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken) => throw new InvalidOperationException("no starting today");
}

public sealed class ThrowsInStop : Idle
{
    public override ValueTask StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no stopping today");
}

public sealed class NeedsMore : Idle
{
    public override ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken)
    {
        context.Log(Dependency.Value);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Ends neither its start nor its stop.</summary>
public sealed class Endless : Idle
{
    public override async ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken) => await Task.Delay(Timeout.Infinite, CancellationToken.None);
}

/// <summary>Leaves a timer running and holds its node.</summary>
public sealed class Untidy : Idle
{
    private Timer? _timer;
    private LocalNode? _node;
    private int _ticks;

    public override ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        _node = node;
        _node.OnStateChanged += _ => Interlocked.Increment(ref _ticks);
        _timer = new Timer(_ => Interlocked.Increment(ref _ticks), null, 1, 1);
        return ValueTask.CompletedTask;
    }

    public override ValueTask StopAsync(CancellationToken cancellationToken) => _timer!.DisposeAsync();
}

public sealed class WithoutConstructor(string what) : Idle
{
    public string What { get; } = what;
}

public static class NoPlugin;
