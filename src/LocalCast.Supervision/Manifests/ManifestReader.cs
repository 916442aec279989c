using System.Text.Json;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Reads manifests, and tells everything that is wrong with one at once.</summary>
/// <param name="executables">Finds out whether what a manifest runs is installed.</param>
public sealed class ManifestReader(ExecutableSearch executables)
{
    /// <summary>The name of a manifest's file.</summary>
    public const string FileName = "node.json";

    /// <summary>The most bytes of a manifest.</summary>
    public const int MaxBytes = ManifestDocument.MaxBytes;

    /// <summary>Reads a plugin's manifest.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="file">The file: the plugin's folder is where it lies.</param>
    /// <param name="changes">What the agent's configuration says of the node.</param>
    public ManifestReading Read(ReadOnlyMemory<byte> content, string file, NodeOverride? changes = null)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var problems = new ProblemList(file, changes);
        using JsonDocument? document = ManifestDocument.Parse(content, problems);
        if (document is null)
        {
            return new ManifestReading(null, null, problems.All);
        }

        if (changes is null)
        {
            return Read(document.RootElement, folder, file, problems);
        }

        using JsonDocument? change = ParseChanges(changes, problems);
        using JsonDocument? merged = change is null ? null : ManifestMerge.Merge(document.RootElement, change.RootElement, problems);
        return Read((merged ?? document).RootElement, folder, file, problems, isNamed: changes.Name);
    }

    /// <summary>Reads a node that only the agent's configuration knows.</summary>
    public ManifestReading Read(NodeOverride node)
    {
        string source = $"{node.File} ({node.Path})";
        var problems = new ProblemList(source);
        using JsonDocument? document = ManifestDocument.Parse(System.Text.Encoding.UTF8.GetBytes(node.Json), problems);
        if (document is null)
        {
            return new ManifestReading(node.Name, null, problems.All);
        }

        if (!document.RootElement.TryGetProperty("run", out _))
        {
            problems.Report("", $"no plugin is called \"{node.Name}\", and this does not say what to run");
            return new ManifestReading(node.Name, null, problems.All);
        }

        return Read(document.RootElement, Path.GetFullPath(node.Folder), source, problems, isNamed: node.Name);
    }

    /// <summary>The name in a manifest's content, without judging the rest; <see langword="null"/> when there is no usable one.</summary>
    public static string? PeekName(ReadOnlyMemory<byte> content)
    {
        using JsonDocument? document = ManifestDocument.Parse(content, new ProblemList(""));
        return document is not null && document.RootElement.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
            && SupervisedName.IsValid(name.GetString(), out _) ? name.GetString() : null;
    }

    // A problem of the changes concerns the configuration, not the plugin's file.
    private static JsonDocument? ParseChanges(NodeOverride changes, ProblemList problems)
    {
        var own = new ProblemList($"{changes.File} ({changes.Path})");
        JsonDocument? document = ManifestDocument.Parse(System.Text.Encoding.UTF8.GetBytes(changes.Json), own);
        foreach (ManifestProblem problem in own.All)
        {
            problems.Add(problem);
        }

        return document;
    }

    private ManifestReading Read(JsonElement json, string folder, string source, ProblemList problems, string? isNamed = null)
    {
        var root = new Section(json, "", ManifestKeys.Root, problems);
        string? name = Name(root, isNamed);
        Section run = root.Child("run", ManifestKeys.Run);
        if (!root.Has("run"))
        {
            root.Report("run", "is missing: expected an object with \"exec\" or \"assembly\"");
        }

        root.Text("$schema", "the address of a JSON Schema");
        NodeManifest manifest = new()
        {
            Name = name ?? "",
            Folder = folder,
            Source = source,
            Fingerprint = "",
            Version = root.Text("version", "a version such as \"1.2.3\"", text => SemanticVersion.TryParse(text, out _)),
            Description = root.Text("description", "a text", text => !text.Contains('\0')),
            Run = root.Value("run") is { ValueKind: JsonValueKind.Object } ? new RunReader(run, folder, problems).Read() : new RunSpec(),
            Requires = RequirementReader.Read(root, problems),
            Readiness = ReadinessReader.Read(root.Child("readiness", ManifestKeys.Readiness), UsualReadiness(run)),
            Liveness = LifeReader.Liveness(root.Child("liveness", ManifestKeys.Liveness)),
            Restart = LifeReader.Restart(root.Child("restart", ManifestKeys.Restart)),
            Stop = LifeReader.Stop(root.Child("stop", ManifestKeys.Stop)),
            Activation = LifeReader.Activation(root.Child("activation", ManifestKeys.Activation)),
            Reload = LifeReader.Reload(root.Child("reload", ManifestKeys.Reload), root.Texts("watch", "the path of a file or a folder", Section.IsText)),
            Resources = LifeReader.Resources(root.Child("resources", ManifestKeys.Resources)),
            IsEssential = root.Flag("essential") ?? false,
            Survives = root.Flag("survive") ?? false,
        };
        if (manifest.Run.Isolation == Isolation.InProcess)
        {
            root.Refuse("survive", "does not go with isolation \"inProcess\": code in the agent ends with the agent");
            root.Refuse("resources", "does not go with isolation \"inProcess\": code in the agent cannot be told from it");
        }

        string? disabled = root.Flag("enabled") == false ? $"switched off in {problems.Describe("enabled")}" : WhatIsMissing(manifest.Run);
        return problems.All.Count > 0
            ? new ManifestReading(name, null, problems.All) { EnvironmentFiles = manifest.Run.EnvironmentFiles }
            : new ManifestReading(name, manifest with { DisabledBecause = disabled, Fingerprint = ManifestFingerprint.Of(manifest) }, []);
    }

    // A plugin's host joins, and answers pings, before StartAsync has ended; and it always says when that is.
    private static ReadinessKind UsualReadiness(Section run) => run.Has("assembly") ? ReadinessKind.Notify : ReadinessKind.Pong;

    private static string? Name(Section root, string? isNamed)
    {
        if (!root.Has("name"))
        {
            if (isNamed is null)
            {
                root.Report("name", "is missing: expected the name of the node");
            }

            return isNamed;
        }

        if (root.Text("name", "the name of the node", _ => true) is not { } name)
        {
            return isNamed;
        }

        if (!SupervisedName.IsValid(name, out string? why))
        {
            root.Report("name", why);
            return isNamed;
        }

        if (isNamed is not null && name != isNamed)
        {
            root.Report("name", $"expected \"{isNamed}\", which is what the configuration calls it, got \"{name}\"");
        }

        return name;
    }

    private string? WhatIsMissing(RunSpec run)
    {
        if (run.Exec is not { } command || executables.IsPath(command))
        {
            return null;
        }

        ExecutableSearch search = run.Environment.TryGetValue("PATH", out string? path) ? executables.WithPath(path) : executables;
        return search.Find(command) is null ? $"'{command}' is not installed (not found on PATH)" : null;
    }
}
