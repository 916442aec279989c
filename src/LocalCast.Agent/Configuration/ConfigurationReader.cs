using System.Text.Json;

namespace LocalCast.Agent.Configuration;

/// <summary>Goes through a configuration document and collects all that is wrong with it, instead of stopping at the first.</summary>
internal sealed class ConfigurationReader(AgentOptions options)
{
    private const int MostShown = 60;

    private readonly List<ConfigurationProblem> _problems = [];

    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    public void Read(JsonElement root)
    {
        ReadSection(root, section: "", path: "$");
        if (_problems.Count == 0)
        {
            CheckTogether();
        }
    }

    private void ReadSection(JsonElement element, string section, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Report(path, $"expected an object, got {Show(element)}");
            return;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = section.Length == 0 ? property.Name : section + "." + property.Name;
            string here = path + Step(property.Name);
            if (!seen.Add(property.Name))
            {
                Report(here, "is there twice");
            }
            else if (name == "$schema")
            {
                // For editors, not for the agent.
            }
            else if (ConfigurationKeys.Find(name) is { } key)
            {
                ReadValue(property.Value, key, here);
            }
            else if (ConfigurationKeys.IsSection(name))
            {
                ReadSection(property.Value, name, here);
            }
            else
            {
                Report(here, $"unknown key; known here: {string.Join(", ", ConfigurationKeys.NamesIn(section))}");
            }
        }
    }

    private void ReadValue(JsonElement value, ConfigurationKey key, string path)
    {
        if (!key.TrySet(value, options))
        {
            foreach ((string step, string expected, JsonElement wrong) in key.FindWrong(value))
            {
                string? why = wrong.ValueKind == JsonValueKind.String ? key.Explain?.Invoke(wrong.GetString()!) : null;
                Report(path + step, $"expected {expected}, got {Show(wrong)}{(why is null ? "" : $": {why}")}");
            }
        }
        else if (key.Name.StartsWith("mesh.", StringComparison.Ordinal))
        {
            options.Mesh.Said.Add(key.Name);
        }
    }

    /// <summary>What no value can be told by itself.</summary>
    private void CheckTogether()
    {
        Broadcasting.BroadcasterOptions hub = options.Broadcaster;
        if (hub.MaxQueuedBytes < hub.Protocol.MaxFrameBytes)
        {
            Report("$.limits.maxQueuedBytes", $"a frame of limits.maxFrameBytes ({hub.Protocol.MaxFrameBytes}) would not fit into {hub.MaxQueuedBytes}");
        }

        if (hub.DropSlowAfter <= hub.TellSlowAfter)
        {
            Report("$.times.dropSlowAfter", "must be longer than times.tellSlowAfter");
        }
    }

    private void Report(string path, string message) => _problems.Add(new ConfigurationProblem(path, message));

    private static string Step(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? "." + name : $"[{JsonSerializer.Serialize(name)}]";

    private static string Show(JsonElement value)
    {
        string text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Show))}]",
            _ => value.GetRawText(),
        };
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }
}
