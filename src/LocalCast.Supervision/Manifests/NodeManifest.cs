namespace LocalCast.Supervision;

/// <summary>What a node's <c>node.json</c> says, complete with defaults. Immutable; two manifests that say the same are equal in <see cref="Fingerprint"/>.</summary>
public sealed record NodeManifest
{
    /// <summary>The name the node joins by.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of the plugin; relative paths in the manifest start here.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the manifest was read: a file, or a key of the agent's configuration. For messages.</summary>
    public required string Source { get; init; }

    /// <summary>A digest of everything in it that matters to a running instance. When only other things change, they are taken over and no new instance is needed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The version of the node's software.</summary>
    public string? Version { get; init; }

    /// <summary>What it is, in a line.</summary>
    public string? Description { get; init; }

    /// <summary>What is run.</summary>
    public required RunSpec Run { get; init; }

    /// <summary>What has to be up before it.</summary>
    public IReadOnlyList<Requirement> Requires { get; init; } = [];

    /// <summary>When it counts as up.</summary>
    public ReadinessSpec Readiness { get; init; } = new();

    /// <summary>How it is watched while it is up.</summary>
    public LivenessSpec Liveness { get; init; } = new();

    /// <summary>What happens when it ends by itself.</summary>
    public RestartSpec Restart { get; init; } = new();

    /// <summary>How long each step of stopping may take.</summary>
    public StopSpec Stop { get; init; } = new();

    /// <summary>When it is started.</summary>
    public ActivationSpec Activation { get; init; } = new();

    /// <summary>How a changed manifest or watched file gets into a running node.</summary>
    public ReloadSpec Reload { get; init; } = new();

    /// <summary>Ceilings.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>Its end by failure ends the agent, with its exit code.</summary>
    public bool IsEssential { get; init; }

    /// <summary>It lives on when the agent dies, and is adopted by the next one.</summary>
    public bool Survives { get; init; }

    /// <summary>Why it must not run: switched off in the manifest, or by what the machine lacks.</summary>
    public string? DisabledBecause { get; init; }
}

/// <summary>What a node is made of: an executable, or an assembly with an <c>INodePlugin</c>.</summary>
public sealed record RunSpec
{
    /// <summary>So many values are looked for in each line that the node prints.</summary>
    public const int MostSecrets = 64;

    /// <summary>A command found on PATH, or a path relative to the folder. Absent for an assembly.</summary>
    public string? Exec { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Where it runs; relative to the folder, which is the default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables of its own, those of its environment files included.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The full paths of its environment files, which were read with the manifest and are watched like it; optional ones that are missing too.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];

    /// <summary>Names of variables whose values are never printed.</summary>
    /// <remarks>At most <see cref="MostSecrets"/>.</remarks>
    public IReadOnlySet<string> Secrets { get; init; } = new HashSet<string>();

    /// <summary>An assembly, relative to the folder. Absent for an executable.</summary>
    public string? Assembly { get; init; }

    /// <summary>The type in it; absent when there is only one.</summary>
    public string? Type { get; init; }

    /// <summary>Whether an assembly runs in a process of its own.</summary>
    public Isolation Isolation { get; init; }

    /// <summary>Whether it runs in the agent, and needs no process of its own.</summary>
    public bool IsInProcess => Assembly is not null && Isolation == Isolation.InProcess;

    /// <summary>Settings handed to an assembly's <c>ConfigureAsync</c>, as JSON text.</summary>
    public string? Settings { get; init; }

    /// <summary>What is run and which variables it gets. Not their values and not the settings: secrets are there.</summary>
    public override string ToString() => $"{string.Join(' ', Args.Prepend(Exec ?? Assembly ?? "nothing"))}, with {string.Join(' ', Environment.Keys.Order(StringComparer.Ordinal))}";
}

/// <summary>Where an assembly runs.</summary>
public enum Isolation
{
    /// <summary>In a child process of its own.</summary>
    Process,

    /// <summary>In the agent.</summary>
    InProcess,
}

/// <summary>One prerequisite.</summary>
public sealed record Requirement
{
    /// <summary>The node that is needed.</summary>
    public required string Node { get; init; }

    /// <summary>What needing it means.</summary>
    public RequirementMode Mode { get; init; }

    /// <summary>Versions that will do; <see langword="null"/> for any.</summary>
    public VersionRange? Version { get; init; }

    /// <summary>Whether a node of another agent will do.</summary>
    public bool IsMeshWide { get; init; }

    /// <summary>How long it may take until the node is ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long ago a node of another agent may have shown by an answer that it lives; it is asked if need be. <see langword="null"/>: its agent's word is enough.</summary>
    public TimeSpan? Freshness { get; init; }

    /// <summary>Whether a version will do; one that is not known only where any will.</summary>
    public bool Fits(string? version) => Version is null || (version is not null && Version.Contains(version));
}

/// <summary>What a prerequisite means.</summary>
public enum RequirementMode
{
    /// <summary>It is started if need be, and waited for.</summary>
    Start,

    /// <summary>It has to be there already.</summary>
    Present,

    /// <summary>As <see cref="Start"/>; and when it goes, the dependent is stopped, and started again when it is back.</summary>
    Bind,

    /// <summary>Only the order: when it is being started, it is waited for.</summary>
    Soft,
}

/// <summary>How it is found out that a node is up.</summary>
public sealed record ReadinessSpec
{
    /// <summary>The way.</summary>
    public ReadinessKind Kind { get; init; }

    /// <summary>For <see cref="ReadinessKind.Log"/>: a regular expression that a line of its output has to match.</summary>
    public string? Pattern { get; init; }

    /// <summary>For <see cref="ReadinessKind.Http"/>: has to answer with 200 to 399.</summary>
    public Uri? Url { get; init; }

    /// <summary>For <see cref="ReadinessKind.Exec"/>: a command that has to end with 0.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>For <see cref="ReadinessKind.Exit"/>: the exit codes that mean done.</summary>
    public IReadOnlyList<int> Codes { get; init; } = [0];

    /// <summary>How long starting may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between probes by <see cref="ReadinessKind.Http"/> and <see cref="ReadinessKind.Exec"/>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one probe may take.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Ways to find out that a node is up.</summary>
public enum ReadinessKind
{
    /// <summary>It joined and answers its ping.</summary>
    Pong,

    /// <summary>It joined, and says that it is ready.</summary>
    Notify,

    /// <summary>It printed a line.</summary>
    Log,

    /// <summary>It answers a request.</summary>
    Http,

    /// <summary>A command says so.</summary>
    Exec,

    /// <summary>It ran to its end: a job.</summary>
    Exit,
}

/// <summary>How a node that is up is watched: by its own ping.</summary>
public sealed record LivenessSpec
{
    /// <summary>Whether it is watched, once it joined.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>How often it is asked.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how many missed pongs in a row it is restarted; after the first it is Degraded.</summary>
    public int Failures { get; init; } = 2;
}

/// <summary>What happens when a node ends by itself.</summary>
public sealed record RestartSpec
{
    /// <summary>When it is started again.</summary>
    public RestartPolicy Policy { get; init; }

    /// <summary>The first pause; it doubles.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it has to be up for its failures to be forgotten.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Exit codes that are no failure.</summary>
    public IReadOnlyList<int> CleanExitCodes { get; init; } = [0];
}

/// <summary>When a node that ended is started again.</summary>
public enum RestartPolicy
{
    /// <summary>After a failure.</summary>
    OnFailure,

    /// <summary>After any end.</summary>
    Always,

    /// <summary>Not by itself.</summary>
    Never,
}

/// <summary>The steps of stopping.</summary>
public sealed record StopSpec
{
    /// <summary>From the shutdown message to the signal.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the signal to the kill.</summary>
    public TimeSpan TerminateTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the killed tree may take to be gone.</summary>
    public TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most that the node may ask for, added up.</summary>
    public TimeSpan MaxExtension { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that stopping can take.</summary>
    public TimeSpan WorstCase => WorstCaseUnextended + MaxExtension;

    /// <summary>The same for a node that asks for no extension.</summary>
    public TimeSpan WorstCaseUnextended => Timeout + TerminateTimeout + KillTimeout;
}

/// <summary>When a node is started.</summary>
public sealed record ActivationSpec
{
    /// <summary>By what.</summary>
    public ActivationMode Mode { get; init; }

    /// <summary>For a node on demand: stopped when nobody called it for so long; <see langword="null"/> for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }
}

/// <summary>What starts a node.</summary>
public enum ActivationMode
{
    /// <summary>The agent's own start.</summary>
    Boot,

    /// <summary>The first call, or somebody who requires it.</summary>
    OnDemand,

    /// <summary>Only an operator, or a node that requires it.</summary>
    Manual,
}

/// <summary>How changes get into a running node.</summary>
public sealed record ReloadSpec
{
    /// <summary>The way.</summary>
    public ReloadMode Mode { get; init; }

    /// <summary>Files and folders, relative to the plugin's folder, whose change reloads the node. The manifest is always watched.</summary>
    public IReadOnlyList<string> Watch { get; init; } = [];

    /// <summary>How long a new instance is on probation: if it fails within it, the old one takes over again.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Ways to bring a change into a running node.</summary>
public enum ReloadMode
{
    /// <summary>A new instance is started beside the old one and takes its name over; for nodes that do not join, as <see cref="Restart"/>.</summary>
    Swap,

    /// <summary>The old one is stopped, then the new one started.</summary>
    Restart,
}

/// <summary>Ceilings; absent ones are none.</summary>
public sealed record ResourceSpec
{
    /// <summary>Bytes of memory, of the whole process tree.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>CPU cores, as in 0.5.</summary>
    public double? Cpus { get; init; }
}
