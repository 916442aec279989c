using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>Reads <c>run</c>: an executable or an assembly, and what goes with it.</summary>
internal sealed class RunReader(Section run, string folder, ProblemList problems)
{
    // What the agent itself says to every instance; which names that will be some day is open.
    private const string ReservedPrefix = "LOCALCAST_";

    public RunSpec Read()
    {
        (IReadOnlyList<string> files, Dictionary<string, string> environment) = ReadFiles();
        ReadVariables(environment);
        var spec = new RunSpec
        {
            Exec = run.Text("exec", "a command or a path"),
            Args = run.Texts("args", "a text without the character 0", text => !text.Contains('\0')) ?? [],
            WorkingDirectory = run.Text("cwd", "a folder"),
            Environment = environment,
            EnvironmentFiles = files,
            Secrets = ReadSecrets(),
            Assembly = run.Text("assembly", "the path of a file below the plugin's folder", IsBelowFolder),
            Type = run.Text("type", "the full name of a type"),
            Isolation = run.Choice<Isolation>("isolation") ?? default,
            Settings = Settings(),
        };
        CheckTogether(spec);
        return spec;
    }

    private HashSet<string> ReadSecrets()
    {
        var secrets = (run.Texts("secrets", "the name of a variable", EnvironmentFile.IsName) ?? []).ToHashSet(StringComparer.Ordinal);
        if (secrets.Count > RunSpec.MostSecrets)
        {
            problems.Report("run.secrets", $"expected at most {RunSpec.MostSecrets} names, got {secrets.Count}");
        }

        return secrets;
    }

    private void CheckTogether(RunSpec spec)
    {
        switch (run.Has("exec"), run.Has("assembly"))
        {
            case (false, false):
                problems.Report("run", "expected \"exec\" or \"assembly\", got neither");
                break;
            case (true, true):
                problems.Report("run", "expected either \"exec\" or \"assembly\", got both");
                break;
            case (true, false):
                run.Refuse("type", "is for an assembly, and this runs an executable");
                run.Refuse("isolation", "is for an assembly, and this runs an executable");
                run.Refuse("settings", "is for an assembly, and this runs an executable; give it arguments or variables");
                break;
            default:
                run.Refuse("args", "is for an executable, and this runs an assembly; give it settings");
                break;
        }

        if (spec.Isolation == Isolation.InProcess)
        {
            const string Why = "does not go with isolation \"inProcess\": code in the agent has the agent's";
            run.Refuse("env", $"{Why} environment; give it settings");
            run.Refuse("envFiles", $"{Why} environment; give it settings");
            run.Refuse("cwd", $"{Why} working directory");
        }
    }

    private (IReadOnlyList<string> Files, Dictionary<string, string> Environment) ReadFiles()
    {
        List<string> files = [];
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        List<ManifestProblem> found = [];
        foreach (string entry in run.Texts("envFiles", "the path of a file, with ? at its end if it may be missing", text => Section.IsText(text.TrimEnd('?'))) ?? [])
        {
            string file = Path.GetFullPath(entry.TrimEnd('?'), folder);
            files.Add(file);
            foreach ((string name, string value) in EnvironmentFile.Read(file, isOptional: entry.EndsWith('?'), found))
            {
                if (Reserved(name) is { } why)
                {
                    found.Add(new ManifestProblem(file, name, why));
                }

                environment[name] = value;
            }
        }

        found.ForEach(problems.Add);
        return (files, environment);
    }

    private void ReadVariables(Dictionary<string, string> environment)
    {
        if (run.Value("env") is not { } variables)
        {
            return;
        }

        if (variables.ValueKind != JsonValueKind.Object)
        {
            run.Report("env", $"expected an object of variables, got {Section.Show(variables)}");
            return;
        }

        foreach (JsonProperty variable in variables.EnumerateObject())
        {
            string? value = variable.Value.ValueKind switch
            {
                JsonValueKind.String => variable.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => variable.Value.GetRawText(),
                _ => null,
            };
            string? problem = !EnvironmentFile.IsName(variable.Name) ? "is no name for a variable"
                : Reserved(variable.Name) is { } why ? why
                : value is null ? $"expected a text, a number or true or false, got {Section.Show(variable.Value)}"
                : value.Contains('\0') ? "a value must not contain the character 0"
                : null;
            if (problem is null)
            {
                environment[variable.Name] = value!;
            }
            else
            {
                problems.Report(JsonPath.Append(run.PathOf("env"), variable.Name), problem);
            }
        }
    }

    private static string? Reserved(string name) =>
        name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase) ? $"variables that begin with {ReservedPrefix} are set by the agent" : null;

    private bool IsBelowFolder(string path)
    {
        if (!Section.IsText(path) || Path.IsPathRooted(path))
        {
            return false;
        }

        string relative = Path.GetRelativePath(folder, Path.GetFullPath(path, folder));
        return relative != "." && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    // Written anew: the text in the file may have comments, which whoever reads the settings need not know.
    private string? Settings()
    {
        if (run.Value("settings") is not { } settings)
        {
            return null;
        }

        if (settings.ValueKind != JsonValueKind.Object)
        {
            run.Report("settings", $"expected an object, got {Section.Show(settings)}");
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            settings.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
