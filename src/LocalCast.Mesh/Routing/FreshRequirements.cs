using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Participants that wait until nodes are ready and have just shown it: what a document says may be as old as the last time its agent could be reached.</summary>
internal sealed class FreshRequirements(MeshView view, MeshSender sender, MeshOutput output)
{
    /// <summary>Thousands of agents answer one question: beyond it their answers are looked at together, at the next tick.</summary>
    private const int MostLooksBetweenTicks = 8;

    private readonly NodeDirectory _nodes = new(view);
    private readonly Confirmations _confirmations = new(view, sender);
    private readonly List<Waiting> _waiting = [];

    /// <summary>What they wait for, and for a second what they waited for: an answer of another node changes nothing for them.</summary>
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    private TimeSpan _nextQuestions;
    private TimeSpan _nextDeadline;
    private bool _hasNews;
    private int _looks;

    public int Count => _waiting.Count;

    /// <summary>When they are to be looked at though nothing happens.</summary>
    public TimeSpan Due => _waiting.Count == 0 ? TimeSpan.MaxValue : _hasNews ? TimeSpan.Zero : MeshMachine.Earliest(_nextQuestions, _nextDeadline);

    public void Add(long request, IReadOnlyList<string> names, Predicate<NodeDescription>? fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now)
    {
        var waiting = new Waiting(request, names, fits, deadline, freshness);
        _waiting.Add(waiting);
        Want(waiting);
        Look(waiting, new FreshNodes(view, _confirmations, now), now);
        Settle();
    }

    /// <summary>A node answered a call or a discovery.</summary>
    public void Confirmed(string address, TimeSpan now)
    {
        var node = MeshAddress.Parse(address);
        _confirmations.Note(node, now);
        if (!_wanted.Contains(node.Node))
        {
            return;
        }

        if (_looks++ < MostLooksBetweenTicks)
        {
            Look(now);
        }
        else
        {
            _hasNews = true;
        }
    }

    public bool HasAsked(string id) => _confirmations.HasAsked(id);

    public void Remove(Func<long, bool> which)
    {
        _waiting.RemoveAll(waiting => which(waiting.Request));
        Settle();
    }

    /// <summary>Documents, paths or the participants of this machine changed: there may be others to ask.</summary>
    public void StateChanged() => _nextQuestions = TimeSpan.Zero;

    /// <summary>Answers what is complete, asks nodes that have not shown themselves lately, gives up what waited too long.</summary>
    public void Tick(TimeSpan now)
    {
        _looks = 0;
        if (now >= Due)
        {
            Look(now);
        }
    }

    private void Look(TimeSpan now)
    {
        _hasNews = false;
        bool isTimeToAsk = now >= _nextQuestions;
        if (isTimeToAsk)
        {
            _nextQuestions = now + Confirmations.AskAgainAfter;
            _wanted.Clear();
            _waiting.ForEach(Want);
        }

        var fresh = new FreshNodes(view, _confirmations, now);
        foreach (Waiting waiting in _waiting.ToArray())
        {
            // Between questions one name that is still missing says enough, and it is most likely the one that was missing before.
            if (isTimeToAsk || now >= waiting.Deadline || waiting.Missing is not { } missing || Find(missing, waiting, fresh) is not null)
            {
                Look(waiting, fresh, now);
            }
        }

        Settle();
    }

    private void Look(Waiting waiting, FreshNodes fresh, TimeSpan now)
    {
        // All of them are asked at once, not one after the other.
        MeshNode?[] found = [.. waiting.Names.Select(name => Find(name, waiting, fresh))];
        int missing = Array.FindIndex(found, node => node is null);
        waiting.Missing = missing < 0 ? null : waiting.Names[missing];
        if (missing < 0)
        {
            var data = new RequiredData { Nodes = [.. found.Select(node => node!.Value.Described)] };
            Answer(waiting, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData));
        }
        else if (now >= waiting.Deadline)
        {
            IEnumerable<string> all = waiting.Names.Where((_, place) => found[place] is null).Distinct(StringComparer.Ordinal).Select(WhyMissing);
            Answer(waiting, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.NodeNotReady, string.Join("; ", all)) });
        }
    }

    private MeshNode? Find(string name, Waiting waiting, FreshNodes fresh) => fresh.Find(_nodes.WithId(MeshAddress.Parse(name)), waiting.Fits, waiting.Freshness);

    private string WhyMissing(string name)
    {
        MeshAddress wanted = _nodes.WithId(MeshAddress.Parse(name));
        bool isSaidToBeReady = wanted.Agent is null ? view.Nodes.ReadyElsewhere(wanted.Node).Count > 0 : wanted.Agent != view.Self.Id && view.Nodes.FindReady(wanted) is not null;
        return isSaidToBeReady ? $"'{name}' is said to be ready and does not show it"
            : wanted.Agent is null && !view.Nodes.Has(wanted) ? _nodes.WhyNobody(name).Message
            : _nodes.WhyNotReady(name);
    }

    private void Want(Waiting waiting) => _wanted.UnionWith(waiting.Names.Select(name => MeshAddress.Parse(name).Node));

    private void Answer(Waiting waiting, Envelope answer)
    {
        _waiting.Remove(waiting);
        output.Add(new AnswerRequest(waiting.Request, answer));
    }

    private void Settle()
    {
        _nextDeadline = _waiting.Count == 0 ? TimeSpan.MaxValue : _waiting.Min(waiting => waiting.Deadline);
        if (_waiting.Count == 0)
        {
            _hasNews = false;
            _confirmations.Rest();
            _wanted.Clear();
        }
    }

    private sealed class Waiting(long request, IReadOnlyList<string> names, Predicate<NodeDescription>? fits, TimeSpan deadline, TimeSpan freshness)
    {
        public long Request => request;

        public IReadOnlyList<string> Names => names;

        public Predicate<NodeDescription>? Fits => fits;

        public TimeSpan Deadline => deadline;

        public TimeSpan Freshness => freshness;

        /// <summary>A name that was missing at the last look.</summary>
        public string? Missing { get; set; }
    }
}
