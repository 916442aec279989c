using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>One object of a manifest. Its getters return <see langword="null"/> for what is not there and for what is wrong, and report the latter.</summary>
internal sealed class Section
{
    private const int MostShown = 60;

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly IReadOnlyList<string> _keys;
    private readonly ProblemList _problems;
    private readonly bool _isShort;

    /// <summary>Begins with an object.</summary>
    public Section(JsonElement element, string path, IReadOnlyList<string> keys, ProblemList problems)
    {
        (_path, _keys, _problems) = (path, keys, problems);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            _values[property.Name] = property.Value;
            if (!keys.Contains(property.Name))
            {
                problems.Report(JsonPath.Append(path, property.Name), $"unknown key{Hint(property.Name)}");
            }
        }
    }

    private Section(string path, IReadOnlyList<string> keys, ProblemList problems) => (_path, _keys, _problems) = (path, keys, problems);

    private Section(string path, IReadOnlyList<string> keys, ProblemList problems, string onlyKey, JsonElement value)
        : this(path, keys, problems)
    {
        _isShort = true;
        _values[onlyKey] = value;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    public string PathOf(string key) => _isShort ? _path : JsonPath.Append(_path, key);

    public void Report(string key, string message) => _problems.Report(PathOf(key), message);

    /// <summary>For rules that concern a key that another key excludes.</summary>
    public void Refuse(string key, string why)
    {
        if (Has(key))
        {
            Report(key, why);
        }
    }

    public JsonElement? Value(string key)
    {
        Debug.Assert(_keys.Contains(key), $"{key} is not in the list of keys");
        return _values.TryGetValue(key, out JsonElement value) ? value : null;
    }

    public string? Text(string key, string expected, Func<string, bool> isGood)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && isGood(text))
        {
            return text;
        }

        return Wrong(key, expected, value);
    }

    public string? Text(string key, string expected) => Text(key, expected, IsText);

    public bool? Flag(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => Wrong(key, "true or false", value) is null ? null : false,
    };

    public long? Number(string key, long least, long most)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"), value);
        return null;
    }

    public double? Fraction(string key, double least, double most)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), value);
        return null;
    }

    public TimeSpan? Milliseconds(string key, long least, long most) => Number(key, least, most) is { } number ? TimeSpan.FromMilliseconds(number) : null;

    public T? Choice<T>(string key)
        where T : struct, Enum => Word(key, ManifestWords.Of<T>()) is { } word ? ManifestWords.Find<T>(word) : null;

    public string? Word(string key, IReadOnlyList<string> words)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        string? word = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (word is not null && words.Contains(word))
        {
            return word;
        }

        string hint = word is null ? "" : NearMiss.Ask(word, words);
        Report(key, $"expected one of {string.Join(", ", words.Select(known => $"\"{known}\""))}, got {Show(value)}{hint}");
        return null;
    }

    /// <summary>The items of a list, with their paths.</summary>
    public IReadOnlyList<(string Path, JsonElement Value)>? Items(string key, string expected)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(key, expected, value);
            return null;
        }

        return [.. value.EnumerateArray().Select((item, index) => (JsonPath.Append(PathOf(key), index), item))];
    }

    public IReadOnlyList<string>? Texts(string key, string expectedItem, Func<string, bool> isGood)
    {
        List<string> texts = [];
        foreach ((string path, JsonElement item) in Items(key, "a list of texts") ?? [])
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { } text && isGood(text))
            {
                texts.Add(text);
            }
            else
            {
                _problems.Report(path, $"expected {expectedItem}, got {Show(item)}");
            }
        }

        return Has(key) ? texts : null;
    }

    public IReadOnlyList<int>? Codes(string key)
    {
        List<int> codes = [];
        foreach ((string path, JsonElement item) in Items(key, "a list of exit codes") ?? [])
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int code))
            {
                codes.Add(code);
            }
            else
            {
                _problems.Report(path, $"expected an exit code, a whole number, got {Show(item)}");
            }
        }

        if (Has(key) && codes.Count == 0 && Value(key) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0)
        {
            Report(key, "expected at least one exit code, got an empty list");
        }

        return Has(key) ? codes : null;
    }

    /// <summary>The object under a key, read as if it were empty when it is absent or wrong.</summary>
    public Section Child(string key, IReadOnlyList<string> keys)
    {
        string path = PathOf(key);
        string? shortKey = _path.Length == 0 ? ManifestKeys.ShortForms.GetValueOrDefault(key) : null;
        switch (Value(key))
        {
            case null:
                break;
            case { ValueKind: JsonValueKind.Object } value:
                return new Section(value, path, keys, _problems);
            case { ValueKind: JsonValueKind.String } value when shortKey is not null:
                return new Section(path, keys, _problems, shortKey, value);
            case { } value:
                Wrong(key, shortKey is null ? "an object" : "a word or an object", value);
                break;
        }

        return new Section(path, keys, _problems);
    }

    /// <summary>A value for a message; long ones are cut.</summary>
    public static string Show(JsonElement value)
    {
        string text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => value.GetRawText(),
        };
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }

    /// <summary>A text that says something and that the system takes as a name or an argument.</summary>
    public static bool IsText(string text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\0');

    private string? Wrong(string key, string expected, JsonElement value)
    {
        Report(key, $"expected {expected}, got {Show(value)}");
        return null;
    }

    private string Hint(string key) => NearMiss.Ask(key, _keys) is { Length: > 0 } hint ? hint : $"; known here: {string.Join(", ", _keys.Where(known => known[0] != '$'))}";
}
