namespace LocalCast.Supervision.Tests;

/// <summary>Documents of the checkout that these tests run in.</summary>
internal static class RepositoryFiles
{
    public static string Read(params string[] path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LocalCast.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine([folder.FullName, .. path]));
    }
}
