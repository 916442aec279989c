namespace LocalCast.Supervision;

/// <summary>What came of reading a manifest: a complete one, or all that is wrong with it.</summary>
/// <param name="Name">Its name, also when it is wrong in other places; <see langword="null"/> when it has no usable one.</param>
/// <param name="Manifest">The manifest; <see langword="null"/> when there are problems.</param>
/// <param name="Problems">Everything that is wrong.</param>
public sealed record ManifestReading(string? Name, NodeManifest? Manifest, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>The environment files that it names, also when it is wrong.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];
}
