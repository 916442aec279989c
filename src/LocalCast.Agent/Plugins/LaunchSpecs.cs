using LocalCast.Supervision;

namespace LocalCast.Agent.Plugins;

/// <summary>Turns what a manifest says into what is launched.</summary>
internal static class LaunchSpecs
{
    /// <summary>Resolves a manifest, and makes the node's data folder.</summary>
    /// <param name="manifest">The node.</param>
    /// <param name="generation">Which launch of it.</param>
    /// <param name="token">The instance's own.</param>
    /// <param name="pipe">Where the agent's pipe is, in full.</param>
    /// <param name="dataRoot">Where the nodes' data folders are.</param>
    /// <param name="self">How to start this command; <see langword="null"/> for the way it was started itself.</param>
    /// <exception cref="IOException">The data folder cannot be made; likewise <see cref="UnauthorizedAccessException"/>.</exception>
    public static LaunchSpec For(NodeManifest manifest, int generation, string token, string pipe, string dataRoot, SelfCommand? self = null)
    {
        string data = Path.Combine(Path.GetFullPath(dataRoot), NodeFileName.Of(manifest.Name));
        PrivateFolder.Create(data);
        (string exec, IReadOnlyList<string> arguments) = CommandOf(manifest, self ?? SelfCommand.Current);
        return new LaunchSpec
        {
            Node = manifest.Name,
            Generation = generation,
            Token = token,
            Manifest = manifest,
            Exec = exec,
            Args = arguments,
            WorkingDirectory = Path.GetFullPath(manifest.Run.WorkingDirectory ?? ".", Path.GetFullPath(manifest.Folder)),
            Environment = ChildEnvironment.Create(manifest, pipe, token, data),
            DataFolder = data,
            OutputFile = SurvivorFile(manifest, data, token, "out"),
            ErrorFile = SurvivorFile(manifest, data, token, "err"),
        };
    }

    /// <summary>A file per launch: two instances must not write to the same one.</summary>
    private static string? SurvivorFile(NodeManifest manifest, string data, string token, string stream) =>
        manifest.Survives ? Path.Combine(data, $".{token}.{stream}") : null;

    private static (string Exec, IReadOnlyList<string> Arguments) CommandOf(NodeManifest manifest, SelfCommand self)
    {
        RunSpec run = manifest.Run;
        if (run.Assembly is null)
        {
            return (Resolve(run.Exec!, manifest.Folder), run.Args);
        }

        string assembly = Path.GetFullPath(run.Assembly, Path.GetFullPath(manifest.Folder));
        return run.Isolation == Isolation.InProcess
            ? (assembly, [])
            : (self.Exec, [.. self.Args, PluginHostCommand, assembly, .. run.Type is { } type ? new[] { "--type", type } : []]);
    }

    /// <summary>The hidden command that hosts a plugin.</summary>
    public const string PluginHostCommand = "plugin-host";

    /// <summary>A command without any folder is looked for on PATH; everything else starts from the plugin's folder.</summary>
    private static string Resolve(string exec, string folder) =>
        exec.Contains('/', StringComparison.Ordinal) || exec.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetFullPath(exec, Path.GetFullPath(folder)) : exec;
}
