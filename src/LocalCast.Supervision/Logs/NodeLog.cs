using System.Buffers;
using System.Text;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>
/// What one node printed: the last of it in memory, more of it in files. Thread-safe. <see cref="Append"/> never blocks and never waits for
/// a disk: what the disk does not take in time is missing in the files, and a line there says how much.
/// </summary>
public sealed class NodeLog
{
    private const int MaxErrorLines = 100;
    private const int MaxErrorBytes = 64 * 1024;

    private readonly NodeLogs _owner;
    private readonly NodeLogsOptions _options;
    private readonly LogFiles _files;
    private readonly LogRing _ring;

    /// <summary>For stderr alone: a flood on stdout must not wash away why a node failed.</summary>
    private readonly LogRing _errors = new(MaxErrorLines, MaxErrorBytes);
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _spare = new();
    private TaskCompletionSource? _more;
    private int _waitingLines;
    private Gap _gapBefore;
    private Gap _gapAfter;
    private bool _isScheduled;
    private volatile string? _problem;

    internal NodeLog(NodeLogs owner, string node, NodeLogsOptions options)
    {
        _owner = owner;
        Node = node;
        _options = options;
        _files = new LogFiles(options.Folder, node, options.MaxFileBytes, options.MaxFiles);
        _ring = new LogRing(options.MemoryLines, options.MemoryBytes);
        _files.ReadTail().ForEach(Remember);
    }

    /// <summary>The number of the last line; 0 when there is none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Why the files are not complete now; <see langword="null"/> when all is well.</summary>
    public string? Problem
    {
        get => _problem;
        internal set => _problem = value;
    }

    internal string Node { get; }

    /// <summary>Adds a line.</summary>
    public void Append(OutputStream stream, ReadOnlySpan<byte> text)
    {
        TaskCompletionSource? more;
        lock (_lock)
        {
            DateTimeOffset time = _owner.Now;
            Remember(new LogLine(LastSequence + 1, time, stream, Encoding.UTF8.GetString(text)));
            Queue_NeedsLock(stream, time, text);
            more = _more;
            _more = null;
        }

        more?.SetResult();
    }

    /// <summary>Reads what fits the query. Reads files, when it asks for lines that are no longer in memory.</summary>
    public async Task<IReadOnlyList<LogLine>> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        LogLine[] recent;
        lock (_lock)
        {
            recent = [.. _ring.Lines];
        }

        var answer = new LogAnswer(query);
        bool isInMemory = recent.Length > 0 && (recent[0].Sequence <= query.After + 1 || recent[0].Time < query.Since);
        if (!isInMemory)
        {
            // What is in memory is not read: where the files lack lines, memory may still have them.
            long first = recent.Length > 0 ? recent[0].Sequence : long.MaxValue;
            await Task.Run(() => _files.Read(query.After, line => !cancellationToken.IsCancellationRequested && line.Sequence < first && answer.Add(line)), cancellationToken)
                .ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        foreach (LogLine line in recent)
        {
            if (!answer.Add(line))
            {
                break;
            }
        }

        return answer.Lines;
    }

    /// <summary>Ends when there is a line after that one.</summary>
    public Task WaitForMoreAsync(long after, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // One for all who wait: their number costs nothing here.
            return LastSequence > after
                ? Task.CompletedTask
                : (_more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The last lines of stderr, oldest first.</summary>
    public IReadOnlyList<LogLine> LastErrors(int count)
    {
        lock (_lock)
        {
            return [.. _errors.Lines.TakeLast(count)];
        }
    }

    /// <summary>Writes what waits. Called by the one writer.</summary>
    /// <exception cref="IOException">It could not be written; it is counted as missing.</exception>
    internal void WriteWaiting()
    {
        Gap gap;
        int lines;
        long last;
        ArrayBufferWriter<byte> batch;
        lock (_lock)
        {
            (batch, _waiting) = (_waiting, _spare);
            (gap, _gapBefore, _gapAfter) = (_gapBefore, _gapAfter, default);
            (lines, _waitingLines, _isScheduled, last) = (_waitingLines, 0, false, LastSequence);
        }

        bool isWritten = false;
        try
        {
            if (gap.Lines > 0)
            {
                _files.Append(gap.Describe(_owner.Now));
            }

            gap = default;
            _files.Append(batch.WrittenSpan);
            isWritten = true;
        }
        finally
        {
            _owner.Written(batch.WrittenCount);

            // A flood's buffer is not kept for a node that has gone quiet.
            _spare = batch.Capacity > ushort.MaxValue ? new ArrayBufferWriter<byte>() : batch;
            _spare.ResetWrittenCount();
            if (!isWritten)
            {
                GapBeforeWhatWaits(new Gap(gap.Lines + lines, last));
            }
        }
    }

    private void GapBeforeWhatWaits(Gap gap)
    {
        lock (_lock)
        {
            _gapBefore = new Gap(_gapBefore.Lines + gap.Lines, Math.Max(_gapBefore.Last, gap.Last));
        }
    }

    private void Remember(LogLine line)
    {
        LastSequence = Math.Max(LastSequence, line.Sequence);
        _ring.Add(line);
        if (line.Stream == OutputStream.Error)
        {
            _errors.Add(line);
        }
    }

    private void Queue_NeedsLock(OutputStream stream, DateTimeOffset time, ReadOnlySpan<byte> text)
    {
        // Once a line is lost the next ones are too, until the writer comes: the gap is one, and is told in its place.
        int size = LogLineFormat.MaxBytes(text.Length);
        if (_gapAfter.Lines > 0 || _waiting.WrittenCount + size > _options.MaxWaitingBytes || !_owner.MayWait(size))
        {
            _gapAfter = new Gap(_gapAfter.Lines + 1, LastSequence);
        }
        else
        {
            int before = _waiting.WrittenCount;
            LogLineFormat.Write(_waiting, LastSequence, time, stream, text);
            _owner.Waits(_waiting.WrittenCount - before);
            _waitingLines++;
        }

        if (!_isScheduled)
        {
            _isScheduled = true;
            _owner.Schedule(this);
        }
    }

    /// <summary>Lines that the file lacks. The line that says so has the number of the last of them.</summary>
    private readonly record struct Gap(int Lines, long Last)
    {
        public byte[] Describe(DateTimeOffset time)
        {
            var line = new ArrayBufferWriter<byte>();
            LogLineFormat.Write(line, Last, time, OutputStream.Error, Encoding.UTF8.GetBytes($"[{Lines} lines are missing here: the disk was full or too slow]"));
            return line.WrittenSpan.ToArray();
        }
    }
}
