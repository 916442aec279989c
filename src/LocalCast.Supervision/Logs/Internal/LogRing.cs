using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>The last lines. Not thread-safe.</summary>
internal sealed class LogRing(int maxLines, int maxBytes)
{
    private readonly Queue<LogLine> _lines = new();
    private int _bytes;

    public LogLine? First => _lines.TryPeek(out LogLine? first) ? first : null;

    public IEnumerable<LogLine> Lines => _lines;

    public void Add(LogLine line)
    {
        _lines.Enqueue(line);
        _bytes += Encoding.UTF8.GetByteCount(line.Text);
        while (_lines.Count > maxLines || (_bytes > maxBytes && _lines.Count > 1))
        {
            _bytes -= Encoding.UTF8.GetByteCount(_lines.Dequeue().Text);
        }
    }
}
