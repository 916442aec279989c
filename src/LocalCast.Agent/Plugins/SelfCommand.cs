namespace LocalCast.Agent.Plugins;

/// <summary>How to start this very command once more.</summary>
/// <param name="Exec">The executable.</param>
/// <param name="Args">What comes before the command's own arguments.</param>
internal sealed record SelfCommand(string Exec, IReadOnlyList<string> Args)
{
    /// <summary>As this process was started: by its own executable, or by <c>dotnet</c> with an assembly.</summary>
    public static SelfCommand Current { get; } = Find(Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]);

    internal static SelfCommand Find(string processPath, string assembly) =>
        string.Equals(Path.GetFileNameWithoutExtension(processPath), "dotnet", StringComparison.OrdinalIgnoreCase)
            ? new SelfCommand(processPath, [Path.GetFullPath(assembly)])
            : new SelfCommand(processPath, []);
}
