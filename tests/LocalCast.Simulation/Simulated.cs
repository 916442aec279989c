using System.Globalization;

namespace LocalCast.Simulation;

/// <summary>Runs a scenario with a seed, or, when that is asked for, with many; says which seed failed.</summary>
internal static class Simulated
{
    /// <summary>One seed, to see a failure again.</summary>
    public const string SeedVariable = "LOCALCAST_SIMULATION_SEED";

    /// <summary>How many seeds each scenario runs with.</summary>
    public const string RunsVariable = "LOCALCAST_SIMULATION_RUNS";

    public static int Runs => Number(RunsVariable) ?? 1;

    public static void Run(int seed, Action<SimulatedNetwork> scenario)
    {
        if (Number(SeedVariable) is { } chosen)
        {
            RunOnce(chosen, scenario);
            return;
        }

        for (int i = 0; i < Runs; i++)
        {
            RunOnce(seed + (i * 1000), scenario);
        }
    }

    private static void RunOnce(int seed, Action<SimulatedNetwork> scenario)
    {
        try
        {
            scenario(new SimulatedNetwork(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed} failed; {SeedVariable}={seed} shows it again: {e.Message}", e);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
