using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>The digest that tells whether a changed manifest asks for a new instance.</summary>
/// <remarks>
/// In it is what an instance was started with, and what makes it ready. Not in it is what can be applied to one that runs: times, prerequisites, restarts, stopping, activation, how changes
/// are brought in, the description.
/// </remarks>
internal static class ManifestFingerprint
{
    public static string Of(NodeManifest manifest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(manifest.Name);
            writer.WriteStringValue(manifest.Folder);
            writer.WriteStringValue(manifest.Version);
            WriteRun(writer, manifest.Run);
            WriteReadiness(writer, manifest.Readiness);
            WriteOrNull(writer, manifest.Resources.MemoryBytes);
            WriteOrNull(writer, manifest.Resources.Cpus);
            writer.WriteBooleanValue(manifest.Survives);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void WriteRun(Utf8JsonWriter writer, RunSpec run)
    {
        writer.WriteStringValue(run.Exec);
        WriteAll(writer, run.Args);
        writer.WriteStringValue(run.WorkingDirectory);
        WriteAll(writer, run.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal).SelectMany(variable => new[] { variable.Key, variable.Value }));
        writer.WriteStringValue(run.Assembly);
        writer.WriteStringValue(run.Type);
        writer.WriteNumberValue((int)run.Isolation);
        writer.WriteStringValue(run.Settings);
    }

    private static void WriteReadiness(Utf8JsonWriter writer, ReadinessSpec readiness)
    {
        writer.WriteNumberValue((int)readiness.Kind);
        writer.WriteStringValue(readiness.Pattern);
        writer.WriteStringValue(readiness.Url?.ToString());
        WriteAll(writer, readiness.Command);
        WriteAll(writer, readiness.Codes.Select(code => code.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static void WriteAll(Utf8JsonWriter writer, IEnumerable<string> texts)
    {
        writer.WriteStartArray();
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteOrNull(Utf8JsonWriter writer, double? number)
    {
        if (number is { } value)
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
