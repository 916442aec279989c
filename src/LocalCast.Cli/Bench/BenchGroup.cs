using System.CommandLine;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench</c>: measures the real SDK against the real agent.</summary>
internal static class BenchGroup
{
    public static Command Create() => new("bench", "Measure calls, publications and discovery through a running agent, and agents of its own: their nodes, hops and links.")
    {
        new BenchCallCommand(),
        new BenchPublishCommand(),
        new BenchPingCommand(),
        new BenchSupervisorCommand(),
        new BenchHopsCommand(),
        new BenchPeersCommand(),
        new BenchServeCommand(),
        new BenchSinkCommand(),
        new BenchCrowdCommand(),
    };
}
