namespace LocalCast.Architecture.Tests;

/// <summary>The checkout that these tests run in.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Source => Path.Combine(Root, "src");

    internal static IReadOnlyList<ProjectFile> SourceProjects() =>
        [.. Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories).Order().Select(ProjectFile.Load)];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LocalCast.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No LocalCast.sln above {AppContext.BaseDirectory}.");
    }
}
