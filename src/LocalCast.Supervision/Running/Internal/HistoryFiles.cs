using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace LocalCast.Supervision.Internal;

/// <summary>Each node's transitions on disk, so that what happened before this agent started can still be told. Bounded: the oldest are forgotten.</summary>
internal sealed class HistoryFiles : IAsyncDisposable
{
    private const int Kept = 200;
    private const int MostInFile = 2 * Kept;
    private const int MostQueued = 10_000;

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly Channel<(string Node, HistoryEntry Entry)> _queue =
        Channel.CreateBounded<(string, HistoryEntry)>(new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Task _writing;
    private bool _isSilent; // said once that it cannot write

    public HistoryFiles(string folder, ILogger logger)
    {
        (_folder, _logger) = (folder, logger);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Remembers; never blocks.</summary>
    public void Append(string node, HistoryEntry entry) => _queue.Writer.TryWrite((node, entry));

    /// <summary>What is remembered of a node, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Read(string node)
    {
        try
        {
            return [.. File.ReadLines(PathOf(node)).Select(Parse).OfType<HistoryEntry>().TakeLast(Kept)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // none yet, most often
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        await foreach ((string node, HistoryEntry entry) in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Write(node, entry);
                _isSilent = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_isSilent)
                {
                    SupervisorLog.CannotRemember(_logger, PathOf(node), e.Message);
                    _isSilent = true;
                }
            }
        }
    }

    private void Write(string node, HistoryEntry entry)
    {
        string path = PathOf(node);
        if (!_lines.TryGetValue(node, out int lines))
        {
            PrivateFolder.Create(_folder);
            lines = File.Exists(path) ? EndLastLine(path) : 0;
        }

        if (lines >= MostInFile)
        {
            string[] kept = [.. File.ReadLines(path).TakeLast(Kept)];
            File.WriteAllLines(path + ".new", kept);
            File.Move(path + ".new", path, overwrite: true);
            lines = kept.Length;
        }

        using (SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, Format(entry), RandomAccess.GetLength(file));
        }

        _lines[node] = lines + 1;
    }

    // An agent that was killed while it wrote left a part of a line: the next one must not be lost with it.
    private static int EndLastLine(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            file.Seek(-Math.Min(1, file.Length), SeekOrigin.End);
            if (file.Length > 0 && file.ReadByte() != '\n')
            {
                file.WriteByte((byte)'\n');
            }
        }

        return File.ReadLines(path).Count();
    }

    // By hand: what the serializer has to learn about a type the first time takes longer than the first nodes of an agent to start.
    private ReadOnlySpan<byte> Format(HistoryEntry entry)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, entry.Time);
            json.WriteString("state"u8, entry.State.ToString());
            json.WriteString("cause"u8, entry.Cause);
            json.WriteString("by"u8, entry.By);
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        return _line.WrittenSpan;
    }

    private static HistoryEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HistoryJson.Default.HistoryEntry);
        }
        catch (JsonException)
        {
            return null; // the last line of an agent that was killed while it wrote
        }
    }

    private string PathOf(string node) => Path.Combine(_folder, NodeFileName.Of(node) + ".jsonl");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HistoryEntry))]
internal sealed partial class HistoryJson : JsonSerializerContext;
