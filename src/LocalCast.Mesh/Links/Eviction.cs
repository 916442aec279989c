namespace LocalCast.Mesh;

/// <summary>Which inbound link makes room for a newcomer: never one that serves this agent well, and not those that a flood of newcomers could push out.</summary>
internal static class Eviction
{
    private const int ProtectedGroups = 4;
    private const int ProtectedNearest = 8;
    private const int ProtectedCarriers = 8;
    private const int ProtectedBusiest = 4;

    /// <summary>Chooses.</summary>
    /// <param name="inbound">The open links that others dialled.</param>
    /// <param name="points">The points of an agent for misbehaviour.</param>
    /// <param name="carries">How many agents are reached by way of a neighbour.</param>
    public static PeerLink? Choose(IEnumerable<PeerLink> inbound, Func<string, int> points, Func<string, int> carries)
    {
        List<PeerLink> left = [.. inbound.Where(link => !link.IsConfigured)];
        Protect(left, left.GroupBy(GroupOf).Select(group => group.MinBy(link => link.Since)!).OrderBy(link => link.Since), ProtectedGroups);
        Protect(left, left.Where(link => link.RoundTrip is not null).OrderBy(link => link.RoundTrip), ProtectedNearest);
        Protect(left, left.Where(link => carries(link.PeerId) > 1).OrderByDescending(link => carries(link.PeerId)), ProtectedCarriers);
        Protect(left, left.OrderByDescending(link => link.Received), ProtectedBusiest);
        return left.Where(link => points(link.PeerId) > 0).MaxBy(link => points(link.PeerId))
            ?? left.GroupBy(GroupOf).MaxBy(group => (group.Count(), group.Max(link => link.Since)))?.MaxBy(link => link.Since);
    }

    private static void Protect(List<PeerLink> left, IEnumerable<PeerLink> best, int most)
    {
        foreach (PeerLink link in best.Take(most).ToArray())
        {
            left.Remove(link);
        }
    }

    private static string GroupOf(PeerLink link) => Addresses.GroupOf(link.Address);
}
