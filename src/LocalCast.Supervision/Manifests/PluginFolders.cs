using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Finds the plugins: every subfolder with a <c>node.json</c> of the plugin directories, and what the agent's configuration adds and changes.</summary>
/// <param name="reader">Reads the manifests.</param>
public sealed class PluginFolders(ManifestReader reader)
{
    /// <summary>The most folders that are looked into.</summary>
    public const int MaxFolders = 10_000;

    /// <summary>Looks at everything. Reads files, and changes nothing.</summary>
    public PluginScan Scan(IReadOnlyList<PluginDirectory> directories, IReadOnlyList<NodeOverride> overrides)
    {
        List<ManifestProblem> problems = [];
        Dictionary<string, NodeOverride> changes = Index(overrides, problems);
        List<Found> found = [];
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (string folder in FoldersOf(directories, problems))
        {
            if (ReadFolder(folder, changes, problems) is { } node)
            {
                found.Add(node);
                used.Add(node.Name);
            }
        }

        found.AddRange(changes.Values.Where(change => !used.Contains(change.Name)).Select(change => new Found(change.Name, change.File, reader.Read(change))));
        return Sort(found, problems);
    }

    private static Dictionary<string, NodeOverride> Index(IReadOnlyList<NodeOverride> overrides, List<ManifestProblem> problems)
    {
        Dictionary<string, NodeOverride> byName = new(StringComparer.Ordinal);
        foreach (NodeOverride change in overrides)
        {
            if (!SupervisedName.IsValid(change.Name, out string? why))
            {
                problems.Add(new ManifestProblem(change.File, change.Path, why));
            }
            else
            {
                byName[change.Name] = change;
            }
        }

        return byName;
    }

    private static List<string> FoldersOf(IReadOnlyList<PluginDirectory> directories, List<ManifestProblem> problems)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<string> folders = [];
        foreach (PluginDirectory directory in directories)
        {
            try
            {
                string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory.Path));
                if (seen.Add(path))
                {
                    folders.AddRange(Directory.EnumerateDirectories(path).Take(MaxFolders + 1 - folders.Count).Order(StringComparer.Ordinal));
                }
            }
            catch (DirectoryNotFoundException) when (!directory.IsExplicit)
            {
                // The usual place need not exist.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                problems.Add(new ManifestProblem(directory.Path, "", $"the plugin directory cannot be read: {e.Message}"));
            }
        }

        if (folders.Count > MaxFolders)
        {
            problems.Add(new ManifestProblem(Path.GetDirectoryName(folders[MaxFolders])!, "", $"more than {MaxFolders} plugin folders; the rest was not looked at"));
            folders.RemoveRange(MaxFolders, folders.Count - MaxFolders);
        }

        return folders;
    }

    private Found? ReadFolder(string folder, Dictionary<string, NodeOverride> changes, List<ManifestProblem> problems)
    {
        string file = Path.Combine(folder, ManifestReader.FileName);
        ManifestReading reading;
        try
        {
            using FileStream stream = InputFile.Open(file);
            byte[] content = new byte[Math.Min(stream.Length, ManifestReader.MaxBytes) + 1];
            int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            ReadOnlyMemory<byte> json = content.AsMemory(0, length);
            string? name = ManifestReader.PeekName(json) ?? NameOf(folder);
            reading = reader.Read(json, file, name is null ? null : changes.GetValueOrDefault(name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // not every folder is a plugin
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reading = new ManifestReading(null, null, [new ManifestProblem(file, "", $"cannot be read: {e.Message}")]);
        }

        if ((reading.Name ?? NameOf(folder)) is { } known)
        {
            return new Found(known, file, reading);
        }

        problems.AddRange(reading.Problems);
        return null;
    }

    private static string? NameOf(string folder) => Path.GetFileName(folder) is { } name && SupervisedName.IsValid(name, out _) ? name : null;

    private static PluginScan Sort(List<Found> found, List<ManifestProblem> problems)
    {
        List<NodeManifest> manifests = [];
        List<BrokenNode> broken = [];
        foreach (IGrouping<string, Found> same in found.GroupBy(node => node.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Found[] all = [.. same];
            List<ManifestProblem> wrong = [.. all.SelectMany(node => node.Reading.Problems)];
            if (all.Length > 1)
            {
                string others = string.Join(", ", all.Skip(1).Select(node => node.Source));
                wrong.Insert(0, new ManifestProblem(all[0].Source, "name", $"the name \"{same.Key}\" is also that of {others}; which of them is meant cannot be known, so none is run"));
            }

            if (wrong.Count == 0)
            {
                manifests.Add(all[0].Reading.Manifest!);
            }
            else
            {
                broken.Add(new BrokenNode(same.Key, all[0].Source, wrong) { EnvironmentFiles = [.. all.SelectMany(node => node.Reading.Manifest?.Run.EnvironmentFiles ?? node.Reading.EnvironmentFiles)] });
                problems.AddRange(wrong);
            }
        }

        return new PluginScan(manifests, broken, problems);
    }

    private sealed record Found(string Name, string Source, ManifestReading Reading);
}
