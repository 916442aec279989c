namespace LocalCast.Supervision.Internal;

/// <summary>The files that an instance writes to which is to survive the agent. They are its own, and go when it has ended.</summary>
internal static class OutputFiles
{
    public static IReadOnlyList<string> Of(LaunchSpec spec) => [.. new[] { spec.OutputFile, spec.ErrorFile }.OfType<string>()];

    public static void Delete(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its folder is gone or was taken away: then nobody misses the space.
            }
        }
    }
}
