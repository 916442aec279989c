using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace LocalCast.Agent.Internal;

/// <summary>Writes log lines on a thread of its own: whoever stops reading stderr holds up nobody but that thread. What does not fit in the meantime is lost, counted, and told.</summary>
internal sealed class BackgroundSink : ILogEventSink, IDisposable
{
    private const int MostQueued = 10_000;
    private static readonly TimeSpan _lastMoment = TimeSpan.FromSeconds(1);
    private static readonly MessageTemplate _gap = new MessageTemplateParser().Parse("{Count} log lines are missing here: nobody took them in time");

    private readonly Logger _inner;
    private readonly Channel<LogEvent> _queue = Channel.CreateBounded<LogEvent>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private readonly Thread _writing;
    private int _lost;

    public BackgroundSink(Logger inner)
    {
        _inner = inner;
        _writing = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writing.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (!_queue.Writer.TryWrite(logEvent))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        if (_writing.Join(_lastMoment)) // else it hangs in a write, and ends with the process
        {
            _inner.Dispose();
        }
    }

    private void WriteAll()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out LogEvent? line))
            {
                _inner.Write(line);
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and int lost)
                {
                    _inner.Write(new LogEvent(line.Timestamp, LogEventLevel.Warning, exception: null, _gap, [new LogEventProperty("Count", new ScalarValue(lost))]));
                }
            }
        }
    }
}
