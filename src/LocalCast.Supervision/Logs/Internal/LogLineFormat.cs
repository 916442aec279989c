using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// A line in a file: <c>SEQUENCE TIME STREAM TEXT</c>, as in <c>17 2026-11-21T04:00:00.000Z o listening</c>; the stream is <c>o</c> or
/// <c>e</c>. Text, so that grep and tail work on it; no escapes, for a text holds no line end.
/// </summary>
internal static class LogLineFormat
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TimeLength = 24;
    private const int HeadBytes = 20 + 1 + TimeLength + 1 + 1 + 1;

    public static int MaxBytes(int textBytes) => HeadBytes + textBytes + 1;

    public static void Write(IBufferWriter<byte> output, long sequence, DateTimeOffset time, OutputStream stream, ReadOnlySpan<byte> text)
    {
        Span<byte> span = output.GetSpan(MaxBytes(text.Length));
        _ = Utf8Formatter.TryFormat(sequence, span, out int at);
        span[at++] = (byte)' ';
        _ = time.UtcDateTime.TryFormat(span[at..], out int written, TimeFormat, CultureInfo.InvariantCulture);
        at += written;
        span[at++] = (byte)' ';
        span[at++] = stream == OutputStream.Output ? (byte)'o' : (byte)'e';
        span[at++] = (byte)' ';
        text.CopyTo(span[at..]);
        at += text.Length;
        span[at++] = (byte)'\n';
        output.Advance(at);
    }

    /// <returns><see langword="null"/> for what a crash or somebody else left in the file.</returns>
    public static LogLine? Parse(ReadOnlySpan<byte> line)
    {
        if (!Utf8Parser.TryParse(line, out long sequence, out int at) || line.Length < at + TimeLength + 4 || line[at] != ' ')
        {
            return null;
        }

        string time = Encoding.UTF8.GetString(line.Slice(at + 1, TimeLength));
        ReadOnlySpan<byte> rest = line[(at + 1 + TimeLength)..];
        bool isTime = DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed);
        return isTime && rest[0] == ' ' && rest[1] is (byte)'o' or (byte)'e' && rest[2] == ' '
            ? new LogLine(sequence, parsed, rest[1] == 'o' ? OutputStream.Output : OutputStream.Error, Encoding.UTF8.GetString(rest[3..]))
            : null;
    }
}
