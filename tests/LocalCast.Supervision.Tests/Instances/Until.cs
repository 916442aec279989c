using System.Diagnostics;

namespace LocalCast.Supervision.Tests;

/// <summary>For what tells nobody that it happened: a process of somebody else's ended.</summary>
internal static class Until
{
    /// <summary>Looks again and again; give it a timeout.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        var began = Stopwatch.StartNew();
        while (!condition() && began.Elapsed < TimeSpan.FromMinutes(1))
        {
            await Task.Delay(5);
        }
    }
}
