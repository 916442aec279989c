using System.Diagnostics;

namespace LocalCast.Cli.Bench;

/// <summary>What somebody without a supervisor would do: start a wave of executables at the same time, wait until each says that it is ready, start the next wave.</summary>
internal static class WavesByHand
{
    public static async Task<TimeSpan> MeasureAsync(int layers, int width, CancellationToken stop)
    {
        List<Process> started = [];
        try
        {
            long start = Stopwatch.GetTimestamp();
            for (int layer = 0; layer < layers; layer++)
            {
                Process[] wave = [.. Enumerable.Range(0, width).Select(_ => Start())];
                started.AddRange(wave);
                await Task.WhenAll(wave.Select(process => process.StandardOutput.ReadLineAsync(stop).AsTask()));
            }

            return Stopwatch.GetElapsedTime(start);
        }
        finally
        {
            foreach (Process process in started)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
                process.Dispose();
            }
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo(DoNothing.Exec, DoNothing.Arguments) { RedirectStandardOutput = true };
#pragma warning disable RS0030 // the other side of the comparison: no supervisor
        return Process.Start(start) ?? throw new InvalidOperationException($"{DoNothing.Exec} did not start");
#pragma warning restore RS0030
    }
}

/// <summary>An executable that says it is ready and then does nothing.</summary>
internal static class DoNothing
{
    public const string Exec = "/bin/sh";

    public const string ReadyLine = "ready";

    public static IReadOnlyList<string> Arguments { get; } = ["-c", $"echo {ReadyLine}; exec sleep 100000"];
}
