using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalCast.Plugins.Dns;

/// <summary>What <c>run.settings</c> says.</summary>
/// <remarks>With setters: what is absent keeps its default only so, as generated serializers go.</remarks>
public sealed class DnsSettings
{
    /// <summary>Names and their addresses.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Table { get; set; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How long the system's resolver may take.</summary>
    /// <value>2000</value>
    public int TimeoutMs { get; set; } = 2000;

    /// <exception cref="FormatException">A value makes no sense.</exception>
    public static DnsSettings Read(JsonElement? settings)
    {
        DnsSettings read = settings?.Deserialize(DnsJson.Default.DnsSettings) ?? new DnsSettings();
        return read.TimeoutMs is > 0 and <= 60_000 ? read : throw new FormatException("settings.timeoutMs must be 1 to 60000");
    }
}

/// <summary>Unknown settings are a mistake that should be seen.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DnsSettings))]
internal sealed partial class DnsJson : JsonSerializerContext;
