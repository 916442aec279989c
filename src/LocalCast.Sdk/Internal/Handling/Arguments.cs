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
        Utf8JsonReader before = _reader;
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
            throw new LocalCastException(
                LocalCastError.BadRequest,
                $"argument {_taken + 1} of '{_call.Method}' must be {ArgumentWords.Of(typeof(T))}, and does not fit{ArgumentWords.Place(e)}: got {ArgumentWords.Show(ValueBehind(before))}",
                e);
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

    /// <summary>The JSON of the next value; the rest where it has no end.</summary>
    private readonly ReadOnlySpan<byte> ValueBehind(Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> payload = _call.Payload.Span;
        try
        {
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            return payload[start..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            return payload[(int)Math.Min(reader.BytesConsumed, payload.Length)..];
        }
    }

    private readonly LocalCastException WrongCount(string got) =>
        new(LocalCastError.BadRequest, $"'{_call.Method}' takes {_expected} argument{(_expected == 1 ? "" : "s")}, got {got}");
}
