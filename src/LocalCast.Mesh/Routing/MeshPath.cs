namespace LocalCast.Mesh;

/// <summary>How to get to an agent.</summary>
/// <param name="NextHop">The neighbour that is nearest to it.</param>
/// <param name="Cost">The sum of round trips on the way, in microseconds.</param>
/// <param name="Hops">Links on the way.</param>
public sealed record MeshPath(string NextHop, long Cost, int Hops)
{
    /// <summary>The sum of the measured round trips; <see cref="Cost"/> has what each agent on the way is taken to cost besides.</summary>
    public TimeSpan RoundTrip => TimeSpan.FromMicroseconds(Cost - (Hops * MeshGraph.CostPerHop));
}
