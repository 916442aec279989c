namespace LocalCast.Supervision.Internal;

/// <summary>Collects what is wrong with one manifest and knows which of its two sources, the file or the agent's configuration, said it.</summary>
internal sealed class ProblemList(string file, NodeOverride? changes = null)
{
    // A manifest that is wrong in more places is wrong in kind; nobody reads on.
    private const int Most = 100;

    private readonly List<ManifestProblem> _problems = [];
    private readonly List<string> _changedPaths = [];

    public IReadOnlyList<ManifestProblem> All => _problems;

    /// <summary>Whatever is said of this place from now on concerns the agent's configuration.</summary>
    public void Changed(string path) => _changedPaths.Add(path);

    public void Report(string path, string message)
    {
        (string source, string place) = SourceOf(path);
        Add(new ManifestProblem(source, place, message));
    }

    public void Add(ManifestProblem problem)
    {
        if (_problems.Count < Most)
        {
            _problems.Add(problem);
        }
    }

    /// <summary>The source in words, as in "switched off in …".</summary>
    public string Describe(string path)
    {
        (string source, string place) = SourceOf(path);
        return source == file ? source : $"{source} ({place})";
    }

    private (string File, string Path) SourceOf(string path) =>
        changes is not null && _changedPaths.Exists(changed => JsonPath.IsAtOrBelow(path, changed))
            ? (changes.File, changes.Path + (path.StartsWith('[') ? path : "." + path))
            : (file, path);
}
