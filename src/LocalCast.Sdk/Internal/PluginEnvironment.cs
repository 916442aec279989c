using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What an agent tells a process that it starts, in environment variables.</summary>
internal static class PluginEnvironment
{
    public const string Node = "LOCALCAST_NODE";
    public const string Instance = "LOCALCAST_INSTANCE";
    public const string Version = "LOCALCAST_VERSION";
    public const string Data = "LOCALCAST_DATA";
    public const string Plugin = "LOCALCAST_PLUGIN";
    public const string Settings = "LOCALCAST_SETTINGS";

    /// <summary>A variable; <see langword="null"/> also when it is empty.</summary>
    public static string? Find(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>The token of the instance that a node is. A process may join by other names besides; those are not the instance.</summary>
    public static string? InstanceOf(string name) => Find(Node) == name ? Find(Instance) : null;

    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when the agent gave no name.</exception>
    public static string RequireName() => Find(Node) ?? throw new LocalCastException(
        LocalCastError.BadRequest, $"no name: {Node} is not set, as it is in a process that an agent starts; set it, or join by a name of your own");
}
