namespace LocalCast.Agent.Plugins;

/// <summary>What a plugin did wrong, in one line for people.</summary>
internal static class PluginFailures
{
    /// <summary>Says that a part of the plugin threw; an assembly that is missing is named instead, because it is what has to be mended.</summary>
    public static string Threw(string part, Exception e)
    {
        Exception cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
        return MissingAssembly(cause) ?? OneLine($"{part} threw {cause.GetType().Name}: {cause.Message}");
    }

    /// <summary>Names the assembly that could not be found or loaded; <see langword="null"/> when that was not the trouble.</summary>
    public static string? MissingAssembly(Exception e) => e switch
    {
        FileNotFoundException { FileName: { Length: > 0 } name } when IsAssemblyName(name) => $"the plugin needs the assembly {name}, which is not there",
        FileLoadException { FileName: { Length: > 0 } name } when IsAssemblyName(name) => OneLine($"the plugin needs the assembly {name}, and another one is there: {e.Message}"),
        _ => null,
    };

    public static string OneLine(string text) => text.ReplaceLineEndings(" ");

    // A file that the plugin's own code looked for in vain is a path.
    private static bool IsAssemblyName(string name) => name.Contains(", Version=", StringComparison.Ordinal);
}
