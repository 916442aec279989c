namespace LocalCast.Supervision.Tests.Graph;

/// <summary>Manifests in short: <c>a: b, c bind</c>.</summary>
internal static class Nodes
{
    public static NodeManifest[] Of(params string[] lines) => [.. lines.Select(One)];

    public static NodeManifest One(string line)
    {
        string[] parts = line.Split(':');
        return new NodeManifest
        {
            Name = parts[0].Trim(),
            Folder = "/plugins",
            Source = "/plugins/node.json",
            Fingerprint = line,
            Run = new RunSpec { Exec = "run" },
            Requires = parts.Length == 1 ? [] : [.. parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Requirement)],
        };
    }

    private static Requirement Requirement(string text)
    {
        string[] words = text.Split(' ');
        return new Requirement
        {
            Node = words[0],
            Mode = words.Length > 1 && words[1] != "mesh" ? Enum.Parse<RequirementMode>(words[1], ignoreCase: true) : RequirementMode.Start,
            IsMeshWide = words[^1] == "mesh",
        };
    }
}
