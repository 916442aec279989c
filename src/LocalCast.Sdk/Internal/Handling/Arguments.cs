using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Takes the arguments of a call off its JSON array, one after the other.</summary>
internal ref struct Arguments
{
    private readonly IncomingCall _call;
    private readonly int _expected;
    private Utf8JsonReader _reader;
    private int _taken;

    public Arguments(IncomingCall call, int expected)
    {
        (_call, _expected) = (call, expected);
        if (call.PayloadKind == PayloadKind.Bytes)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"'{call.Method}' takes JSON, not bytes");
        }

        ReadOnlySpan<byte> payload = call.Payload.IsEmpty ? "[]"u8 : call.Payload.Span;
        _reader = new Utf8JsonReader(payload);
        try
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartArray)
            {
                throw new LocalCastException(LocalCastError.BadRequest, $"the arguments of '{call.Method}' must be a JSON array");
            }
        }
        catch (JsonException e)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"the arguments of '{call.Method}' are not JSON", e);
        }
    }

    public T Next<T>()
    {
        try
        {
            if (!_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
            {
                throw WrongCount($"{_taken}");
            }

            T value = JsonSerializer.Deserialize(ref _reader, _call.Json.TypeOf<T>())!;
            _taken++;
            return value;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"argument {_taken + 1} of '{_call.Method}' is not a {typeof(T).Name}: {e.Message}", e);
        }
    }

    /// <summary>Checks that none is left over.</summary>
    public void End()
    {
        try
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.EndArray)
            {
                throw WrongCount($"more than {_expected}");
            }
        }
        catch (JsonException e)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"the arguments of '{_call.Method}' are not JSON", e);
        }
    }

    private readonly LocalCastException WrongCount(string got) =>
        new(LocalCastError.BadRequest, $"'{_call.Method}' takes {_expected} argument{(_expected == 1 ? "" : "s")}, got {got}");
}
