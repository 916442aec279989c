using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>Collects the lines that a query asks for.</summary>
internal sealed class LogAnswer(LogQuery query)
{
    private readonly List<LogLine> _lines = [];
    private long _last = query.After;
    private int _bytes;

    public IReadOnlyList<LogLine> Lines => _lines;

    /// <returns>Whether there is room for more.</returns>
    public bool Add(LogLine line)
    {
        if (line.Sequence <= _last || line.Time < query.Since)
        {
            return true;
        }

        _bytes += Encoding.UTF8.GetByteCount(line.Text);
        if (_lines.Count >= query.MaxLines || (_bytes > query.MaxBytes && _lines.Count > 0))
        {
            return false;
        }

        _last = line.Sequence;
        _lines.Add(line);
        return true;
    }
}
