using System.Reflection;

namespace LocalCast.Cli;

/// <summary>The version of this program.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = Of(typeof(ProductVersion).Assembly);

    private static string Of(Assembly assembly)
    {
        string full = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        int commit = full.IndexOf('+', StringComparison.Ordinal); // the build adds the commit, which says nothing to a user
        return commit < 0 ? full : full[..commit];
    }
}
