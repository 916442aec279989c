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
