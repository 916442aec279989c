using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Serializes what users pass and return. Hot path.</summary>
internal sealed class NodeJson(JsonSerializerOptions? options)
{
    [ThreadStatic]
    private static JsonScratch? _scratch;

    private readonly JsonSerializerOptions _options = Prepare(options);
    private readonly ConcurrentDictionary<Type, JsonTypeInfo> _types = new();

    /// <summary>This thread's writer, empty. What it holds must be used before anything else on this thread asks for it.</summary>
    public static JsonScratch Scratch => (_scratch ??= new JsonScratch()).Reset();

    public JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)TypeOf(typeof(T));

    /// <summary>Writes the arguments of a call as an array.</summary>
    public void WriteArguments(Utf8JsonWriter writer, ReadOnlySpan<object?> arguments)
    {
        writer.WriteStartArray();
        foreach (object? argument in arguments)
        {
            if (argument is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                JsonSerializer.Serialize(writer, argument, TypeOf(argument.GetType()));
            }
        }

        writer.WriteEndArray();
        writer.Flush();
    }

    /// <summary>Writes one value.</summary>
    public void Write<T>(JsonScratch scratch, T value)
    {
        JsonSerializer.Serialize(scratch.Writer, value, TypeOf<T>());
        scratch.Writer.Flush();
    }

    /// <summary>Reads the payload of a packet; none at all reads as null, and bytes only as bytes.</summary>
    public T Read<T>(in Packet packet) => Read<T>(packet.PayloadKind, packet.Payload);

    /// <summary>Reads a payload.</summary>
    public T Read<T>(PayloadKind kind, ReadOnlySpan<byte> payload) =>
        kind == PayloadKind.None ? default!
        : kind == PayloadKind.Json ? JsonSerializer.Deserialize(payload, TypeOf<T>())!
        : typeof(T) == typeof(byte[]) ? (T)(object)payload.ToArray()
        : throw new FormatException("it is bytes, not JSON");

    private JsonTypeInfo TypeOf(Type type) => _types.GetOrAdd(type, static (t, o) => o.GetTypeInfo(t), _options);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Reflection is used only where the application has not switched it off; with UseJson it is never reached.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    private static JsonSerializerOptions Prepare(JsonSerializerOptions? options)
    {
        var own = new JsonSerializerOptions(options ?? new JsonSerializerOptions(JsonSerializerDefaults.Web));
        if (JsonSerializer.IsReflectionEnabledByDefault)
        {
            own.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        }

        // Plain values work without any context.
        own.TypeInfoResolverChain.Add(BasicJson.Default);
        own.MakeReadOnly();
        return own;
    }
}

/// <summary>A buffer and a JSON writer over it, reused.</summary>
internal sealed class JsonScratch
{
    private const int MostKept = 256 * 1024;

    private ArrayBufferWriter<byte> _buffer = new(512);

    public JsonScratch() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public Utf8JsonWriter Writer { get; }

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public JsonScratch Reset()
    {
        if (_buffer.Capacity > MostKept)
        {
            _buffer = new ArrayBufferWriter<byte>(512); // one big message must not stay in memory for ever
        }

        _buffer.ResetWrittenCount();
        Writer.Reset(_buffer);
        return this;
    }
}
