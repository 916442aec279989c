using System.CommandLine;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench</c>: measures the real SDK against the real agent.</summary>
internal static class BenchGroup
{
    public static Command Create() => new("bench", "Measure calls and publications through a running agent.")
    {
        new BenchCallCommand(),
        new BenchPublishCommand(),
        new BenchServeCommand(),
        new BenchSinkCommand(),
    };
}
