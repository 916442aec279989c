using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>The world of a <see cref="Rehearsal"/>: what is launched is ready at once, nobody has joined, and what is logged is put into words for nobody.</summary>
internal sealed class Stage : IProcessRunner, INodeBus, ILogger
{
    private const string Ready = "ready";

    public static NodeManifest Manifest(string name, string folder) => new()
    {
        Name = name,
        Folder = folder,
        Source = "a rehearsal",
        Fingerprint = name,
        Run = new RunSpec { Exec = name },
        Readiness = new ReadinessSpec { Kind = ReadinessKind.Log, Pattern = $"^{Ready}$" },
    };

    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        listener.Launched(new Actor());
        listener.Printed(OutputStream.Output, "ready"u8);
    }

    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener) => false;

    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left) => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Keep(IReadOnlyCollection<string> names)
    {
    }

    public void AskToStop(string node, int generation, TimeSpan within, string reason)
    {
    }

    public void Ping(string node, int generation)
    {
    }

    public void WatchDrain(string node, int generation)
    {
    }

    public void MoveName(string node, int generation)
    {
    }

    public void HoldCalls(string node)
    {
    }

    public void ReleaseCalls(string node)
    {
    }

    public void FailCalls(string node, ErrorInfo error)
    {
    }

    public TimeSpan IdleTime(string node) => TimeSpan.Zero;

    public void Announce(string node, Transition transition, bool isLoud)
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => formatter(state, exception);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    private sealed class Actor : IInstance
    {
        public InstanceIdentity Identity { get; } = new(0, 0, "");

        public IReadOnlyList<string> Notes => [];

        public void Terminate()
        {
        }

        public void Kill()
        {
        }

        public bool Owns(int pid) => false;

        public ResourceUsage? Sample() => null;
    }
}
