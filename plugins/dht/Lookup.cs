namespace LocalCast.Plugins.Dht;

/// <summary>
/// The search for the nodes nearest to a place: asks the nearest known ones for nearer ones, three at a time, until all of the nearest <c>count</c> have been asked.
/// </summary>
internal sealed class Lookup(VirtualNode start, NodeId place, int count)
{
    private const int Parallel = 3;

    private readonly SortedList<NodeId, VirtualNode> _known = new() { [start.Id.DistanceTo(place)] = start };
    private readonly HashSet<VirtualNode> _asked = [];

    /// <summary>How many rounds it took.</summary>
    public int Hops { get; private set; }

    /// <summary>Goes to the end.</summary>
    /// <returns>The nearest, the nearest first.</returns>
    public IReadOnlyList<VirtualNode> Run()
    {
        while (NextToAsk() is { Length: > 0 } round)
        {
            Hops++;
            foreach (VirtualNode node in round)
            {
                _asked.Add(node);
                foreach (VirtualNode found in node.FindNode(start, place))
                {
                    start.Contacts.Add(found);
                    _known[found.Id.DistanceTo(place)] = found;
                }
            }
        }

        return [.. _known.Values.Take(count)];
    }

    private VirtualNode[] NextToAsk() => [.. _known.Values.Take(count).Where(node => !_asked.Contains(node)).Take(Parallel)];
}
