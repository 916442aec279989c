using Xunit.Abstractions;

namespace LocalCast.Simulation;

public sealed class ConvergenceTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(20, 3)]
    [InlineData(60, 4)]
    public void ColdStart_OneBootNode_AllKnowAllWithinTenSeconds(int count, int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Star(network, count);

        TimeSpan? took = network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(10));

        log.WriteLine($"{count} agents: {took}; {network.Clock.Steps} steps; {string.Join(", ", network.Traffic)}");
        Assert.True(took is not null, Shapes.Describe(network));
    });
}
