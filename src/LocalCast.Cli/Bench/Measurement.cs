using System.Diagnostics;
using System.Globalization;

namespace LocalCast.Cli.Bench;

/// <summary>What was measured, and how it is told.</summary>
/// <param name="PerSecond">Calls or messages per second.</param>
/// <param name="P50">The time that half of them took at most, in microseconds.</param>
/// <param name="P99">The time that 99 of 100 took at most, in microseconds.</param>
internal sealed record Measurement(double PerSecond, double? P50, double? P99)
{
    private const int LongFrom = 20_000;

    private static readonly TimeSpan _untilCompiled = TimeSpan.FromSeconds(2);

    /// <summary>How many are done and not counted before, at the least: a fifth.</summary>
    public static int WarmUpCount(int count) => Math.Max(count / 5, 1);

    /// <summary>How long to go on with that: until the compiler has settled in all processes, when the measurement is a long one.</summary>
    public static TimeSpan WarmUpTime(int count) => count >= LongFrom ? _untilCompiled : TimeSpan.Zero;

    /// <summary>The value below which a share of the sorted ticks lies, in microseconds.</summary>
    public static double? Percentile(ReadOnlySpan<long> sorted, double share) =>
        sorted.IsEmpty ? null : Math.Round(sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)] * (1e6 / Stopwatch.Frequency), 2);

    public void Write(bool asJson, string what, int size, int count, int? concurrency)
    {
        if (!asJson)
        {
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {what} of {size} bytes: {PerSecond:N0}/s, p50 {P50:0.0} µs, p99 {P99:0.0} µs"));
            return;
        }

        StandardOutput.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("rps", Math.Round(PerSecond, 1));
            WriteNumber("p50_us", P50);
            WriteNumber("p99_us", P99);
            writer.WriteNumber("size", size);
            writer.WriteNumber("count", count);
            if (concurrency is { } loops)
            {
                writer.WriteNumber("concurrency", loops);
            }

            writer.WriteEndObject();

            void WriteNumber(string name, double? number)
            {
                if (number is { } value)
                {
                    writer.WriteNumber(name, value);
                }
                else
                {
                    writer.WriteNull(name);
                }
            }
        });
    }
}
