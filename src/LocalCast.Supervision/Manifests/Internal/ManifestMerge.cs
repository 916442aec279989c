using System.Buffers;
using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>Lays the agent's configuration of a node over the node's manifest: objects are merged, everything else is replaced.</summary>
internal static class ManifestMerge
{
    public static JsonDocument Merge(JsonElement manifest, JsonElement changes, ProblemList problems)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteMerged(writer, manifest, changes, "", problems);
        }

        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    // Recursion is as deep as the documents, which their parser bounds.
    private static void WriteMerged(Utf8JsonWriter writer, JsonElement manifest, JsonElement changes, string path, ProblemList problems)
    {
        writer.WriteStartObject();
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (JsonProperty old in manifest.EnumerateObject().Where(old => written.Add(old.Name)))
        {
            writer.WritePropertyName(old.Name);
            if (changes.TryGetProperty(old.Name, out JsonElement change))
            {
                WriteChange(writer, old, change, JsonPath.Append(path, old.Name), problems);
            }
            else
            {
                old.Value.WriteTo(writer);
            }
        }

        foreach (JsonProperty change in changes.EnumerateObject().Where(change => written.Add(change.Name)))
        {
            problems.Changed(JsonPath.Append(path, change.Name));
            change.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter writer, JsonProperty old, JsonElement change, string path, ProblemList problems)
    {
        if (change.ValueKind != JsonValueKind.Object)
        {
            problems.Changed(path);
            change.WriteTo(writer);
        }
        else if (old.Value.ValueKind == JsonValueKind.Object)
        {
            WriteMerged(writer, old.Value, change, path, problems);
        }
        else if (old.Value.ValueKind == JsonValueKind.String && ManifestKeys.ShortForms.TryGetValue(path, out string? key))
        {
            // "readiness":"notify" means {"kind":"notify"}; a change of its time-out must not undo that.
            using JsonDocument longForm = JsonDocument.Parse($"{{{JsonSerializer.Serialize(key)}:{old.Value.GetRawText()}}}");
            WriteMerged(writer, longForm.RootElement, change, path, problems);
        }
        else
        {
            problems.Changed(path);
            change.WriteTo(writer);
        }
    }
}
