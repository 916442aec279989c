using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Counter;

/// <summary>The node <c>counter</c>: <c>increment(by = 1)</c>, <c>get()</c>, <c>reset()</c>. Each returns the number. An orderly end keeps it for the next start.</summary>
public sealed class CounterPlugin : INodePlugin
{
    private readonly Lock _lock = new();
    private string _file = "";
    private long _count;

    /// <inheritdoc/>
    public ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        _file = Path.Combine(context.DataFolder, "count");
        context.Node.AddHandler("increment", call =>
        {
            call.Reply(Add(ByOf(call)));
            return ValueTask.CompletedTask;
        });
        context.Node.Handle("get", () => Add(0));
        context.Node.Handle("reset", Reset);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        if (File.Exists(_file))
        {
            string text = await File.ReadAllTextAsync(_file, cancellationToken).ConfigureAwait(false);
            _count = long.TryParse(text, CultureInfo.InvariantCulture, out long kept) ? kept : 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        string next = _file + ".new"; // the old number stays whole until the new one is
        await File.WriteAllTextAsync(next, Add(0).ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        File.Move(next, _file, overwrite: true);
    }

    private long Add(long by)
    {
        lock (_lock)
        {
            try
            {
                return _count = checked(_count + by);
            }
            catch (OverflowException)
            {
                throw new LocalCastException(LocalCastError.BadRequest, $"{_count} and {by} are more than 64 bits hold");
            }
        }
    }

    private long Reset()
    {
        lock (_lock)
        {
            return _count = 0;
        }
    }

    /// <summary>The argument may be left out, which the convenient forms of handlers do not know.</summary>
    private static long ByOf(CallContext call)
    {
        if (call.Payload.IsEmpty)
        {
            return 1;
        }

        try
        {
            if (call.PayloadKind == PayloadKind.Json && JsonSerializer.Deserialize(call.Payload.Span, CounterJson.Default.Int64Array) is { Length: <= 1 } arguments)
            {
                return arguments is [long by] ? by : 1;
            }
        }
        catch (JsonException)
        {
            // As for too many.
        }

        throw new LocalCastException(LocalCastError.BadRequest, "increment takes a whole number, or nothing");
    }
}

[JsonSerializable(typeof(long[]))]
internal sealed partial class CounterJson : JsonSerializerContext;
