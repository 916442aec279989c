using LocalCast.Agent.Internal;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace LocalCast.Agent.Tests;

public sealed class BackgroundSinkTests
{
    [Fact]
    public void Emit_NobodyTakesTheLines_NeverBlocksAndTellsOfTheGap()
    {
        using var stuck = new StuckSink();
        using (var sink = new BackgroundSink(new LoggerConfiguration().WriteTo.Sink(stuck).CreateLogger()))
        using (Logger log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger())
        {
            for (int i = 0; i < 20_000; i++)
            {
                log.Information("line {Number}", i); // twice what the queue holds, and the reader stands still
            }

            stuck.Go();
        }

        Assert.Contains(stuck.Lines, line => line.Contains("log lines are missing here", StringComparison.Ordinal));
        Assert.InRange(stuck.Lines.Count, 10_000, 10_100);
        Assert.Equal("line 0", stuck.Lines[0]);
    }

    private sealed class StuckSink : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _go = new();

        public List<string> Lines { get; } = [];

        public void Go() => _go.Set();

        public void Emit(LogEvent logEvent)
        {
            _go.Wait();
            Lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
        }

        public void Dispose() => _go.Dispose();
    }
}
