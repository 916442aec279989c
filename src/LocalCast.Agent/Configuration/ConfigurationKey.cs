using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LocalCast.Agent.Configuration;

/// <summary>One key of the configuration file.</summary>
/// <param name="Name">Its path without the root, as in <c>limits.maxFrameBytes</c>.</param>
/// <param name="Expected">What it takes, as the end of a sentence that begins with "expected".</param>
/// <param name="TrySet">Sets the option; <see langword="false"/> when the value is none that it takes.</param>
internal sealed record ConfigurationKey(string Name, string Expected, Func<JsonElement, AgentOptions, bool> TrySet)
{
    private static readonly (string Suffix, TimeSpan Unit)[] _units =
        [("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1))];

    /// <summary>Says of a text what is wrong with it; nothing when it cannot say more than what is expected.</summary>
    public Func<string, string?>? Explain { get; init; }

    /// <summary>Of a list: what each of its items has to be, and whether one is not.</summary>
    private (string Expected, Func<JsonElement, bool> IsWrong)? Items { get; init; }

    /// <summary>What is wrong in a value that it does not take: the value, or those items of the list that are, each with its place in it.</summary>
    public IEnumerable<(string Step, string Expected, JsonElement Value)> FindWrong(JsonElement value) => value.ValueKind == JsonValueKind.Array && Items is { } items
        ? value.EnumerateArray().Index().Where(item => items.IsWrong(item.Item)).Select(item => (string.Create(CultureInfo.InvariantCulture, $"[{item.Index}]"), items.Expected, item.Item))
        : [("", Expected, value)];

    public static ConfigurationKey Text(string name, string expected, Func<string, bool> isValid, Action<AgentOptions, string> set, Func<string, string?>? explain = null) =>
        new(name, expected, (value, options) =>
        {
            bool ok = value.ValueKind == JsonValueKind.String && isValid(value.GetString()!);
            if (ok)
            {
                set(options, value.GetString()!);
            }

            return ok;
        }) { Explain = explain };

    public static ConfigurationKey Number(string name, long least, long most, Action<AgentOptions, long> set) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"), (value, options) =>
        {
            bool ok = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most;
            if (ok)
            {
                set(options, value.GetInt64());
            }

            return ok;
        });

    public static ConfigurationKey Duration(string name, string least, string most, Action<AgentOptions, TimeSpan> set) =>
        new(name, $"a time from \"{least}\" to \"{most}\"", (value, options) =>
        {
            bool ok = value.ValueKind == JsonValueKind.String && ParseDuration(value.GetString()!) is { } time && time >= ParseDuration(least) && time <= ParseDuration(most);
            if (ok)
            {
                set(options, ParseDuration(value.GetString()!)!.Value);
            }

            return ok;
        });

    /// <summary>One of a few words, in whatever case; spelled in small letters where the command line spells them so.</summary>
    public static ConfigurationKey Choice<T>(string name, Action<AgentOptions, T> set, bool isSmall = false)
        where T : struct, Enum =>
        new(name, "one of " + string.Join(", ", Enum.GetNames<T>().Select(choice => $"\"{(isSmall ? choice.ToLowerInvariant() : choice)}\"")), (value, options) =>
        {
            string? choice = value.ValueKind == JsonValueKind.String
                ? Enum.GetNames<T>().FirstOrDefault(known => known.Equals(value.GetString(), StringComparison.OrdinalIgnoreCase))
                : null;
            if (choice is not null)
            {
                set(options, Enum.Parse<T>(choice));
            }

            return choice is not null;
        });

    public static ConfigurationKey Flag(string name, Action<AgentOptions, bool> set) =>
        new(name, "true or false", (value, options) =>
        {
            bool ok = value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            if (ok)
            {
                set(options, value.GetBoolean());
            }

            return ok;
        });

    /// <summary>A list, of which each item is told that is wrong.</summary>
    public static ConfigurationKey Texts(string name, string expected, string each, Func<string, bool> isValid, Action<AgentOptions, IReadOnlyList<string>> set, Func<string, string?>? explain = null) =>
        new(name, expected, (value, options) =>
        {
            bool ok = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsText(item, isValid));
            if (ok)
            {
                set(options, [.. value.EnumerateArray().Select(item => item.GetString()!)]);
            }

            return ok;
        })
        {
            Explain = explain,
            Items = (each, item => !IsText(item, isValid)),
        };

    /// <summary>Objects by name, whose own content somebody else judges. They are kept as JSON without comments.</summary>
    public static ConfigurationKey Objects(string name, string expected, Action<AgentOptions, IReadOnlyDictionary<string, string>> set) =>
        new(name, expected, (value, options) =>
        {
            bool ok = value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.Object)
                && value.EnumerateObject().DistinctBy(item => item.Name, StringComparer.Ordinal).Count() == value.EnumerateObject().Count();
            if (ok)
            {
                set(options, value.EnumerateObject().ToDictionary(item => item.Name, item => Plain(item.Value), StringComparer.Ordinal));
            }

            return ok;
        });

    /// <summary>A number and a unit: <c>250ms</c>, <c>2.5s</c>, <c>10m</c>, <c>1h</c>.</summary>
    internal static TimeSpan? ParseDuration(string text)
    {
        foreach ((string suffix, TimeSpan unit) in _units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * unit.TotalDays < 366)
            {
                return number * unit;
            }
        }

        return null;
    }

    private static bool IsText(JsonElement value, Func<string, bool> isValid) => value.ValueKind == JsonValueKind.String && isValid(value.GetString()!);

    private static string Plain(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
