namespace LocalCast.Supervision;

/// <summary>A node that cannot be run because what describes it is wrong. It is Failed from the start, with its problems as the reason.</summary>
/// <param name="Name">The name it has, or else that of its folder.</param>
/// <param name="Source">Where it was read.</param>
/// <param name="Problems">All that is wrong; at least one.</param>
public sealed record BrokenNode(string Name, string Source, IReadOnlyList<ManifestProblem> Problems)
{
    /// <summary>The problems in one line.</summary>
    public string Reason => Problems.Count == 1 ? Problems[0].ToString() : $"{Problems[0]}; and {Problems.Count - 1} more: {string.Join("; ", Problems.Skip(1))}";
}
