using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Transports;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Configuration;

/// <summary>All keys of the configuration file. <c>docs/operations.md</c> describes each, which a test checks.</summary>
internal static class ConfigurationKeys
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Text("pipe", "a pipe's name without '/', or a rooted path", IsPipe, (o, v) => o.Pipe = v),
        ConfigurationKey.Text("agent.name", "a name of 1 to 128 characters", IsAgentName, (o, v) => o.Broadcaster.AgentName = v),
        ConfigurationKey.Text("agent.id", "an id of 1 to 128 characters", IsAgentName, (o, v) => o.Broadcaster.AgentId = v),
        ConfigurationKey.Number("limits.maxFrameBytes", KiB, 64 * MiB, (o, v) => o.Broadcaster.Protocol.MaxFrameBytes = (int)v),
        ConfigurationKey.Number("limits.maxJsonDepth", 8, 1000, (o, v) => o.Broadcaster.Protocol.MaxJsonDepth = (int)v),
        ConfigurationKey.Number("limits.maxHeaders", 1, 1024, (o, v) => o.Broadcaster.Protocol.MaxHeaders = (int)v),
        ConfigurationKey.Number("limits.maxRoute", 1, 255, (o, v) => o.Broadcaster.Protocol.MaxRoute = (int)v),
        ConfigurationKey.Number("limits.maxSessions", 1, 1_000_000, (o, v) => o.Broadcaster.MaxSessions = (int)v),
        ConfigurationKey.Number("limits.maxQueuedBytes", 64 * KiB, 1024 * MiB, (o, v) => o.Broadcaster.MaxQueuedBytes = (int)v),
        ConfigurationKey.Number("limits.maxCalls", 1, 65536, (o, v) => o.Broadcaster.MaxCalls = (int)v),
        ConfigurationKey.Number("limits.maxSubscriptions", 1, 1_000_000, (o, v) => o.Broadcaster.MaxSubscriptions = (int)v),
        ConfigurationKey.Number("limits.maxSubscriptionTokens", 1, 100_000_000, (o, v) => o.Broadcaster.MaxSubscriptionTokens = (int)v),
        ConfigurationKey.Number("limits.maxFramesPerSecond", 0, 100_000_000, (o, v) => o.Broadcaster.MaxFramesPerSecond = (int)v),
        ConfigurationKey.Duration("times.hello", "100ms", "10m", (o, v) => o.Broadcaster.HelloTimeout = v),
        ConfigurationKey.Duration("times.keepAliveAfter", "1s", "24h", (o, v) => o.Broadcaster.KeepAliveAfter = v),
        ConfigurationKey.Duration("times.keepAliveTimeout", "1s", "1h", (o, v) => o.Broadcaster.KeepAliveTimeout = v),
        ConfigurationKey.Duration("times.claimProbe", "100ms", "1m", (o, v) => o.Broadcaster.ClaimProbe = v),
        ConfigurationKey.Duration("times.defaultDeadline", "100ms", "24h", (o, v) => o.Broadcaster.DefaultDeadline = v),
        ConfigurationKey.Duration("times.ack", "100ms", "1h", (o, v) => o.Broadcaster.AckTimeout = v),
        ConfigurationKey.Duration("times.tellSlowAfter", "100ms", "1h", (o, v) => o.Broadcaster.TellSlowAfter = v),
        ConfigurationKey.Duration("times.dropSlowAfter", "200ms", "2h", (o, v) => o.Broadcaster.DropSlowAfter = v),
        ConfigurationKey.Duration("times.close", "10ms", "1m", (o, v) => o.Broadcaster.CloseTimeout = v),
        ConfigurationKey.Duration("times.stop", "100ms", "10m", (o, v) => o.StopTimeout = v),
        ConfigurationKey.Choice<LogLevel>("logging.level", (o, v) => o.Logging.Level = v),
        ConfigurationKey.Text("logging.file.path", "the path of a file", IsPath, (o, v) => o.Logging.FilePath = v),
        ConfigurationKey.Number("logging.file.maxBytes", 64 * KiB, 1024 * MiB, (o, v) => o.Logging.FileMaxBytes = v),
        ConfigurationKey.Number("logging.file.count", 1, 1000, (o, v) => o.Logging.FileCount = (int)v),
        ConfigurationKey.Flag("plugins.enabled", (o, v) => o.ArePluginsEnabled = v),
        ConfigurationKey.Texts("plugins.directories", "a list of folders", "a folder", IsPath, (o, v) => o.PluginDirectories = v),
        ConfigurationKey.Text("data", "the path of a folder", IsPath, (o, v) => o.DataFolder = v),
        ConfigurationKey.Number("mesh.port", 0, 65535, (o, v) => o.Mesh.Port = (int)v),
        ConfigurationKey.Text("mesh.host", "an address or a host name", IsHost, (o, v) => o.Mesh.Host = v),
        ConfigurationKey.Text("mesh.publicAddress", "a URL such as \"ws://host:46356\"", IsMeshUrl, (o, v) => o.Mesh.PublicAddress = v, EnteredAddress.WhatIsWrong),
        ConfigurationKey.Texts("mesh.peers", "a list of URLs such as \"ws://host:46356\"", "a URL such as \"ws://host:46356\"", IsMeshUrl, (o, v) => o.Mesh.Peers = v, EnteredAddress.WhatIsWrong),
        ConfigurationKey.Text("mesh.network", "a name of 1 to 128 characters", IsNetwork, (o, v) => o.Mesh.Network = v),
        ConfigurationKey.Texts("mesh.groups", "a list of names of 1 to 128 characters", "a name of 1 to 128 characters", IsAgentName, (o, v) => o.Mesh.Groups = v),
        ConfigurationKey.Choice<MeshSecurity>("mesh.security", (o, v) => o.Mesh.Security = v, isSmall: true),
        ConfigurationKey.Duration("mesh.keepAliveAfter", "1s", "24h", (o, v) => o.Mesh.Options.KeepAliveIdle = v),
        ConfigurationKey.Duration("mesh.keepAliveTimeout", "1s", "1h", (o, v) => o.Mesh.Options.KeepAliveAnswer = v),
        ConfigurationKey.Duration("mesh.longestPause", "1s", "1h", (o, v) => o.Mesh.Options.LongestPause = v),
        ConfigurationKey.Number("mesh.maxLinks", 1, 4096, (o, v) => o.Mesh.Options.MostLinks = (int)v),
        ConfigurationKey.Number("mesh.maxInbound", 0, 4096, (o, v) => o.Mesh.Options.MostInbound = (int)v),
        ConfigurationKey.Number("mesh.wantedOutbound", 0, 4096, (o, v) => o.Mesh.Options.WantedOutbound = (int)v),
        ConfigurationKey.Flag("mesh.evictInbound", (o, v) => o.Mesh.Options.EvictInbound = v),
        ConfigurationKey.Flag("mesh.leaf", (o, v) => o.Mesh.IsLeaf = v),
        ConfigurationKey.Number("mesh.ttl", 1, 32, (o, v) => o.Mesh.Options.Ttl = (byte)v),
        ConfigurationKey.Number("mesh.maxBytesPerSecond", 0, int.MaxValue, (o, v) => o.Mesh.Options.OutgoingBytesPerSecond = (int)v),
        ConfigurationKey.Number("mesh.maxNeighbourBytesPerSecond", 0, int.MaxValue, (o, v) => o.Mesh.Options.NeighbourBytesPerSecond = (int)v),
        ConfigurationKey.Number("mesh.maxNeighbourMessagesPerSecond", 0, int.MaxValue, (o, v) => o.Mesh.Options.NeighbourMessagesPerSecond = (int)v),
        ConfigurationKey.Number("mesh.maxQueuedBytes", 64 * KiB, 1024 * MiB, (o, v) => o.Mesh.Options.LinkQueueBytes = (int)v),
        ConfigurationKey.Flag("mesh.privateAddresses", (o, v) => o.Mesh.Options.AnnouncePrivateAddresses = v),
        ConfigurationKey.Flag("mesh.compression", (o, v) => o.Mesh.Sockets.IsCompressed = v),
        ConfigurationKey.Flag("mesh.registry", (o, v) => o.Mesh.IsRegistryEnabled = v),
        ConfigurationKey.Objects("nodes", "an object with an object for each node, as in {\"dns\":{\"enabled\":false}}", (o, v) => o.NodeOverrides = v),
    ];

    private static readonly Dictionary<string, ConfigurationKey> _byName = All.ToDictionary(key => key.Name, StringComparer.Ordinal);

    public static ConfigurationKey? Find(string name) => _byName.GetValueOrDefault(name);

    public static bool IsSection(string name) => All.Any(key => key.Name.StartsWith(name + ".", StringComparison.Ordinal));

    /// <summary>The keys and sections directly in a section.</summary>
    public static IEnumerable<string> NamesIn(string section)
    {
        string prefix = section.Length == 0 ? "" : section + ".";
        return All.Where(key => key.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key.Name[prefix.Length..].Split('.')[0]).Distinct(StringComparer.Ordinal);
    }

    private static bool IsPipe(string text)
    {
        try
        {
            return text.Length > 0 && PipeAddress.ToUnixPath(text).Length > 0;
        }
        catch (LocalCastException)
        {
            return false;
        }
    }

    private static bool IsAgentName(string text) => NodeName.IsValid(text, out _);

    private static bool IsNetwork(string text) => text.Length is > 0 and <= NodeName.MaxLength && !text.Any(char.IsControl);

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;

    private static bool IsMeshUrl(string text) => EnteredAddress.WhatIsWrong(text) is null;

    private static bool IsPath(string text) => text.Trim().Length > 0 && !text.Contains('\0');
}
