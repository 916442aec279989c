namespace LocalCast.Supervision;

/// <summary>A node that cannot be run because what describes it is wrong. It is Failed from the start, with its problems as the reason.</summary>
/// <param name="Name">The name it has, or else that of its folder.</param>
/// <param name="Source">Where it was read.</param>
/// <param name="Problems">All that is wrong; at least one.</param>
public sealed record BrokenNode(string Name, string Source, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>Its environment files: what is wrong may be in one of them.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];

    /// <summary>The problems in one line.</summary>
    public string Reason => Problems.Count == 1 ? Problems[0].ToString() : $"{Problems[0]}; and {Problems.Count - 1} more: {string.Join("; ", Problems.Skip(1))}";

    /// <summary>A manifest that stands for the one that could not be read, so that the node can be shown with the others. It runs nothing.</summary>
    public NodeManifest Placeholder => new()
    {
        Name = Name,
        Folder = Path.GetDirectoryName(Path.GetFullPath(Source)) ?? "",
        Source = Source,
        Fingerprint = "broken: " + Reason,
        Run = new RunSpec(),
    };
}
