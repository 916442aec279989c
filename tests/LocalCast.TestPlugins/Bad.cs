using LocalCast.TestPlugins.Missing;

namespace LocalCast.TestPlugins;

public sealed class ThrowsInConstructor : Idle
{
    public ThrowsInConstructor() => throw new InvalidOperationException("no constructing today");
}

/// <summary>Its constructor does not return before a gate opens that the test has put up; without one, never.</summary>
public sealed class WaitsInConstructor : Idle
{
    public const string Gate = "LocalCast.TestPlugins.Gate";

    public WaitsInConstructor() => (AppContext.GetData(Gate) as WaitHandle ?? new ManualResetEvent(false)).WaitOne();
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

/// <summary>Does not end its stop, whatever it is told.</summary>
public sealed class EndlessStop : Idle
{
    public override async ValueTask StopAsync(CancellationToken cancellationToken) => await Task.Delay(Timeout.Infinite, CancellationToken.None);
}

/// <summary>Never gives its thread back. Not for the agent's own process.</summary>
public sealed class Spins : Idle
{
    public override ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }
}

/// <summary>Takes its process down with it. Not for the agent's own process.</summary>
public sealed class OverflowsStack : Idle
{
    public override ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken) => new(Task.FromResult(Deeper(1)));

    private static int Deeper(int depth) => depth <= 0 ? 0 : Deeper(depth + 1) + Deeper(depth + 2);
}

/// <summary>Takes its process down with it. Not for the agent's own process.</summary>
public sealed class FailsFast : Idle
{
    public override ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        Environment.FailFast("nothing works any more");
        return ValueTask.CompletedTask;
    }
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
