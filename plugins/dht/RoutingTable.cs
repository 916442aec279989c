namespace LocalCast.Plugins.Dht;

/// <summary>Whom one node knows: many who are near, few who are far. Bounded: one bucket per distance in bits, each with <c>size</c> places.</summary>
public sealed class RoutingTable(NodeId own, int size)
{
    private readonly List<VirtualNode>?[] _buckets = new List<VirtualNode>?[NodeId.Bits];

    /// <summary>How many it knows.</summary>
    public int Count { get; private set; }

    /// <summary>Gets to know a node. A full bucket keeps those it has: who has been there for long tends to stay.</summary>
    public void Add(VirtualNode node)
    {
        int index = own.BucketOf(node.Id);
        if (index < 0)
        {
            return; // itself
        }

        List<VirtualNode> bucket = _buckets[index] ??= new List<VirtualNode>(size);
        if (bucket.Count < size && !bucket.Contains(node))
        {
            bucket.Add(node);
            Count++;
        }
    }

    /// <summary>Those it knows that are nearest to a place, the nearest first.</summary>
    public IReadOnlyList<VirtualNode> Nearest(NodeId place) =>
        [.. _buckets.Where(bucket => bucket is not null).SelectMany(bucket => bucket!).OrderBy(node => node.Id.DistanceTo(place)).Take(size)];
}
