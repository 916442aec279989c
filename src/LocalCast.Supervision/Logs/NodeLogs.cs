using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>The logs of all nodes, and the one writer of their files. Thread-safe. Disposing it writes what still waits.</summary>
public sealed partial class NodeLogs : IAsyncDisposable
{
    private const int DiskFullLinux = 28; // ENOSPC
    private const int DiskFullWindows = 112; // ERROR_DISK_FULL

    private readonly NodeLogsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Lazy<NodeLog>> _logs = new(StringComparer.Ordinal);

    /// <summary>A log is in it at most once.</summary>
    private readonly Channel<NodeLog> _scheduled = Channel.CreateUnbounded<NodeLog>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private readonly HashSet<NodeLog> _failing = []; // used by the writer alone
    private int _waitingBytes;

    public NodeLogs(NodeLogsOptions options, TimeProvider time, ILogger<NodeLogs> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _writing = Task.Run(WriteAllAsync);
    }

    internal DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The log of a node. The first time, reads the end of its file.</summary>
    public NodeLog For(string node) => _logs.GetOrAdd(node, static (name, owner) => new Lazy<NodeLog>(() => new NodeLog(owner, name, owner._options)), this).Value;

    /// <summary>Keeps nothing of a node in memory any more; its files stay.</summary>
    public void Forget(string node) => _logs.TryRemove(node, out _);

    public async ValueTask DisposeAsync()
    {
        _ = _scheduled.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    internal bool MayWait(int bytes) => Volatile.Read(ref _waitingBytes) + bytes <= _options.MaxWaitingBytesInAll;

    internal void Waits(int bytes) => Interlocked.Add(ref _waitingBytes, bytes);

    internal void Written(int bytes) => Interlocked.Add(ref _waitingBytes, -bytes);

    internal void Schedule(NodeLog log) => _ = _scheduled.Writer.TryWrite(log);

    private async Task WriteAllAsync()
    {
        await foreach (NodeLog log in _scheduled.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Write(log);
        }
    }

    private void Write(NodeLog log)
    {
        try
        {
            log.WriteWaiting();
            log.Problem = null;
            if (_failing.Remove(log))
            {
                LogWell(_logger, log.Node);
            }
        }
        catch (Exception e)
        {
            bool isFull = (e.HResult & 0xffff) is DiskFullLinux or DiskFullWindows;
            log.Problem = isFull ? "logs: disk full" : $"logs: {e.Message}";
            _failing.RemoveWhere(one => !_logs.TryGetValue(one.Node, out Lazy<NodeLog>? known) || known.Value != one); // nobody would ever say that they are well
            if (_failing.Add(log))
            {
                LogFailed(_logger, log.Node, e);
            }
        }
    }

    [LoggerMessage(3250, LogLevel.Warning, "{Node}: what it prints cannot be written to its files", EventName = "NodeLogsFailed")]
    private static partial void LogFailed(ILogger logger, string node, Exception exception);

    [LoggerMessage(3251, LogLevel.Information, "{Node}: what it prints is written to its files again", EventName = "NodeLogsWell")]
    private static partial void LogWell(ILogger logger, string node);
}
