using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LocalCast.Testing;

/// <summary>Keeps what was logged, so that a test can look for it.</summary>
public sealed class LogCollector : ILoggerFactory
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyCollection<LogEntry> Entries => _entries;

    public IEnumerable<LogEntry> Defects => _entries.Where(entry => entry.Level >= LogLevel.Error);

    /// <summary>Takes out what was logged, for a test that means it to be.</summary>
    public IReadOnlyList<LogEntry> TakeAll()
    {
        List<LogEntry> taken = [];
        while (_entries.TryDequeue(out LogEntry? entry))
        {
            taken.Add(entry);
        }

        return taken;
    }

    public ILogger CreateLogger(string categoryName) => new Collecting(_entries);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Collecting(ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new LogEntry(logLevel, eventId.Name ?? "", formatter(state, exception), exception));
    }
}

/// <summary>One line of a log.</summary>
public sealed record LogEntry(LogLevel Level, string Name, string Message, Exception? Exception);
