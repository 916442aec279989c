using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace LocalCast.Cli;

/// <summary>Standard output, whole lines at a time, each written at once.</summary>
/// <remarks>Not <see cref="Console.Out"/>, which says nothing when the reader has gone: a subscription behind <c>| head</c> would run for ever.</remarks>
internal static class StandardOutput
{
    private static readonly JsonWriterOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions _indented = _compact with { Indented = true };

    private static readonly Stream _stream = Open();

    public static void WriteLine(string text) => WriteLine(Encoding.UTF8.GetBytes(text));

    public static void WriteLine(ReadOnlySpan<byte> line)
    {
        byte[] whole = [.. line, (byte)'\n'];
        try
        {
            _stream.Write(whole);
            _stream.Flush();
        }
        catch (IOException e)
        {
            throw new OutputGoneException(e);
        }
    }

    /// <summary>Writes one JSON document on a line of its own.</summary>
    public static void WriteJson(Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, isIndented ? _indented : _compact))
        {
            write(writer);
        }

        WriteLine(buffer.WrittenSpan);
    }

    private static Stream Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            var raw = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!raw.CanSeek)
            {
                return raw; // into a file it would write from position 0, over what others have written there
            }
        }

        return Console.OpenStandardOutput();
    }
}
