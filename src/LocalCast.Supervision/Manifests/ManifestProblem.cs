namespace LocalCast.Supervision;

/// <summary>One thing that is wrong with a manifest, or with a file that it names.</summary>
/// <param name="File">The file, or the file and key of the agent's configuration.</param>
/// <param name="Path">Where in it, as in <c>readiness.pattern</c> or <c>line 3</c>; empty for the whole.</param>
/// <param name="Message">What was expected and what was found. Never the value of a variable.</param>
public sealed record ManifestProblem(string File, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? $"{File}: {Message}" : $"{File}: {Path}: {Message}";
}
