namespace LocalCast.Mesh;

/// <summary>Agents as numbers, and what each says of its links in these numbers: names are looked up when a document changes, not when paths are computed.</summary>
internal sealed class GraphIndex
{
    /// <summary>Names that documents mention and nobody has are kept up to here, then all is numbered anew.</summary>
    private const int LeastMost = 20_000;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<Vertex> _vertices = [];
    private int _round;
    private int _most = LeastMost;

    public int Count => _vertices.Count;

    public Vertex this[int place] => _vertices[place];

    /// <summary>Takes up the documents as they are now; the first is number 0.</summary>
    /// <returns>Whether any of them says something else of its links than before.</returns>
    public bool Update(AgentDocument first, IEnumerable<AgentDocument> documents)
    {
        if (_vertices.Count > _most)
        {
            _places.Clear();
            _vertices.Clear();
        }

        bool isNew = _vertices.Count == 0;
        _round++;
        bool changed = Take(first);
        foreach (AgentDocument document in documents)
        {
            changed |= document.Left != true && Take(document);
        }

        foreach (Vertex vertex in _vertices)
        {
            if (vertex.Round != _round && vertex.Document is not null)
            {
                vertex.Forget();
                changed = true;
            }
        }

        _most = isNew ? Math.Max(LeastMost, _vertices.Count * 2) : _most;
        return changed;
    }

    public int PlaceOf(string id)
    {
        if (!_places.TryGetValue(id, out int place))
        {
            place = _vertices.Count;
            _places.Add(id, place);
            _vertices.Add(new Vertex(id));
        }

        return place;
    }

    private bool Take(AgentDocument document)
    {
        Vertex vertex = _vertices[PlaceOf(document.Id)];
        vertex.Round = _round;
        return !ReferenceEquals(vertex.Document, document) && vertex.Take(document, this);
    }

    /// <summary>One agent.</summary>
    internal sealed class Vertex(string id)
    {
        private int[] _costs = [];
        private ulong[] _births = []; // 0: not said

        public string Id { get; } = id;

        public AgentDocument? Document { get; private set; }

        public int Round { get; set; }

        /// <summary>Whether messages pass through it.</summary>
        public bool Forwards { get; private set; }

        /// <summary>The agents that it says it has links to, in order.</summary>
        public int[] Neighbours { get; private set; } = [];

        public int CostAt(int index) => _costs[index];

        /// <summary>Whether it means one of its neighbours as that one's document is, and not an earlier or a later life of it.</summary>
        public bool Means(int index, Vertex neighbour) => AgentBirth.MayBeOne(_births[index], neighbour.Document?.Born);

        /// <summary>Where among its neighbours an agent is; negative when it is none.</summary>
        public int IndexOf(int place) => Array.BinarySearch(Neighbours, place);

        /// <summary>What it says that the link to an agent costs, in whatever life; 0 when it says nothing.</summary>
        public int CostTo(int place) => IndexOf(place) is >= 0 and var index ? _costs[index] : 0;

        public bool Take(AgentDocument document, GraphIndex index)
        {
            int[] neighbours = new int[document.Neighbours.Count];
            DocumentNeighbour[] links = [.. document.Neighbours];
            for (int i = 0; i < neighbours.Length; i++)
            {
                neighbours[i] = index.PlaceOf(links[i].Id);
            }

            Array.Sort(neighbours, links);
            int[] costs = Array.ConvertAll(links, link => link.Cost);
            ulong[] births = Array.ConvertAll(links, link => link.Born ?? 0);
            bool forwards = document.Leaf != true;
            bool isSame = Document is { } old && old.Born == document.Born && Forwards == forwards
                && neighbours.AsSpan().SequenceEqual(Neighbours) && costs.AsSpan().SequenceEqual(_costs) && births.AsSpan().SequenceEqual(_births);
            (Document, Neighbours, _costs, _births, Forwards) = (document, neighbours, costs, births, forwards);
            return !isSame;
        }

        public void Forget() => (Document, Neighbours, _costs, _births, Forwards) = (null, [], [], [], false);
    }
}
