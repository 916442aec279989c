namespace LocalCast.Supervision.Internal;

/// <summary>All keys of a manifest, by the object that they stand in. The schema is held to this by a test.</summary>
internal static class ManifestKeys
{
    public static readonly IReadOnlyList<string> Root =
    [
        "$schema", "name", "version", "description", "enabled", "run", "requires", "readiness", "liveness", "restart", "stop", "activation", "essential", "survive", "watch",
        "reload", "resources",
    ];

    public static readonly IReadOnlyList<string> Run = ["exec", "args", "cwd", "env", "envFiles", "secrets", "assembly", "type", "isolation", "settings"];
    public static readonly IReadOnlyList<string> Requirement = ["node", "mode", "version", "scope", "timeoutMs", "freshnessMs"];
    public static readonly IReadOnlyList<string> Readiness = ["kind", "pattern", "url", "command", "codes", "timeoutMs", "intervalMs", "probeTimeoutMs"];
    public static readonly IReadOnlyList<string> Liveness = ["kind", "intervalMs", "timeoutMs", "failures"];
    public static readonly IReadOnlyList<string> Restart = ["policy", "backoffMs", "maxBackoffMs", "resetAfterMs", "cleanExitCodes"];
    public static readonly IReadOnlyList<string> Stop = ["timeoutMs", "terminateMs", "killMs", "maxExtensionMs"];
    public static readonly IReadOnlyList<string> Activation = ["mode", "idleMs"];
    public static readonly IReadOnlyList<string> Reload = ["mode", "probationMs"];
    public static readonly IReadOnlyList<string> Resources = ["memoryMb", "cpus"];

    /// <summary>Every object of a manifest by its path; that of a list's items ends with <c>[]</c>.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> BySection = new Dictionary<string, IReadOnlyList<string>>
    {
        [""] = Root,
        ["run"] = Run,
        ["requires[]"] = Requirement,
        ["readiness"] = Readiness,
        ["liveness"] = Liveness,
        ["restart"] = Restart,
        ["stop"] = Stop,
        ["activation"] = Activation,
        ["reload"] = Reload,
        ["resources"] = Resources,
    };

    /// <summary>Objects that may also be written as one word, and the key that the word is the value of.</summary>
    public static readonly IReadOnlyDictionary<string, string> ShortForms = new Dictionary<string, string>
    {
        ["readiness"] = "kind",
        ["liveness"] = "kind",
        ["restart"] = "policy",
        ["activation"] = "mode",
        ["reload"] = "mode",
    };
}
