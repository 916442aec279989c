namespace LocalCast.Transports.Tests;

/// <summary>Names of pipes that no other test uses. What they leave in the temp folder goes with the test run.</summary>
internal static class PipeName
{
    private static readonly string _prefix = $"lc-test-{Environment.ProcessId}-";
    private static int _last;

    static PipeName() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (string left in Directory.EnumerateFiles(Path.GetTempPath(), $"CoreFxPipe_{_prefix}*"))
        {
            File.Delete(left);
        }
    };

    public static string New() => _prefix + Interlocked.Increment(ref _last);
}
