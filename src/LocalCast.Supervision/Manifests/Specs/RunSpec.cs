namespace LocalCast.Supervision;

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
