using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalCast.Plugins.Dht;

/// <summary>What <c>run.settings</c> says.</summary>
/// <remarks>With setters: what is absent keeps its default only so, as generated serializers go.</remarks>
public sealed class DhtSettings
{
    /// <summary>The host whose address, as the node <c>dns</c> knows it, gives the virtual nodes their places.</summary>
    /// <value>localhost</value>
    public string Host { get; set; } = "localhost";

    /// <summary>How many virtual nodes there are.</summary>
    /// <value>32</value>
    public int Nodes { get; set; } = 32;

    /// <summary>How many nodes of a distance each of them knows: Kademlia's k.</summary>
    /// <value>8</value>
    public int BucketSize { get; set; } = 8;

    /// <summary>How many nodes keep a copy of each entry.</summary>
    /// <value>3</value>
    public int Copies { get; set; } = 3;

    /// <summary>The most entries, copies not counted.</summary>
    /// <value>100000</value>
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>The most bytes of a value as JSON.</summary>
    /// <value>65536</value>
    public int MaxValueBytes { get; set; } = 64 * 1024;

    /// <summary>The most bytes of all values.</summary>
    /// <value>64 MiB</value>
    public long MaxTotalBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long an entry is kept that names no time.</summary>
    /// <value>3600</value>
    public int TtlSeconds { get; set; } = 3600;

    /// <summary>The longest that an entry may ask for.</summary>
    /// <value>86400</value>
    public int MaxTtlSeconds { get; set; } = 86_400;

    /// <exception cref="FormatException">A value makes no sense.</exception>
    public static DhtSettings Read(JsonElement? settings)
    {
        DhtSettings read = settings?.Deserialize(DhtJson.Default.DhtSettings) ?? new DhtSettings();
        Check(read.Nodes is >= 1 and <= 256, "nodes must be 1 to 256");
        Check(read.BucketSize is >= 1 and <= 64, "bucketSize must be 1 to 64");
        Check(read.Copies >= 1 && read.Copies <= read.BucketSize, "copies must be 1 to bucketSize");
        Check(read.MaxEntries is >= 1 and <= 10_000_000, "maxEntries must be 1 to 10000000");
        Check(read.MaxValueBytes is >= 1 and <= 512 * 1024, "maxValueBytes must be 1 to 524288");
        Check(read.MaxTotalBytes >= read.MaxValueBytes, "maxTotalBytes must not be less than maxValueBytes");
        Check(read.TtlSeconds >= 1 && read.TtlSeconds <= read.MaxTtlSeconds, "ttlSeconds must be 1 to maxTtlSeconds");
        return read;
    }

    private static void Check(bool isRight, string rule)
    {
        if (!isRight)
        {
            throw new FormatException("settings." + rule);
        }
    }
}

/// <summary>Unknown settings are a mistake that should be seen.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DhtSettings))]
internal sealed partial class DhtJson : JsonSerializerContext;
