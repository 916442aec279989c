using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>The world of a <see cref="Rehearsal"/>: nobody has joined, and what is logged is put into words for nobody.</summary>
internal sealed class Stage : INodeBus, ILogger
{
    /// <summary>A node that prints a word, and ends by itself should nobody end it.</summary>
    public static NodeManifest Manifest(string name, string folder) => new()
    {
        Name = name,
        Folder = folder,
        Source = "a rehearsal",
        Fingerprint = name,
        Run = OperatingSystem.IsWindows()
            ? new RunSpec { Exec = "cmd.exe", Args = ["/c", "echo ready& ping -n 2 127.0.0.1 >nul"] }
            : new RunSpec { Exec = "/bin/sh", Args = ["-c", "echo ready; exec sleep 1"] },
        Readiness = new ReadinessSpec { Kind = ReadinessKind.Log, Pattern = "^ready" },
        Restart = new RestartSpec { Policy = RestartPolicy.Never },
    };

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

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ = formatter(state, exception);
        _ = state is IEnumerable<KeyValuePair<string, object?>> values ? values.Count() : 0;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
