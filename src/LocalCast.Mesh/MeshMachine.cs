using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>The mesh as one agent takes part in it: links, messages and time go in, effects come out. No socket, no task, no clock; the owner locks.</summary>
public sealed partial class MeshMachine
{
    private static readonly TimeSpan DialEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromSeconds(1);
    private readonly MeshOptions _options;
    private readonly LinkTable _links;
    private readonly MeshOutput _output = new();
    private readonly Dictionary<long, PeerLink> _ending = [];
    private readonly MeshGraph _graph = new();
    private readonly LinkKeeper _keeper;
    private readonly AddressGossip _gossip;
    private readonly DialPlanner _planner;
    private readonly DocumentStore _store;
    private readonly OwnDocument _own;
    private readonly LocalNodes _here = new();
    private readonly PastNeighbours _past = new();
    private readonly TwinWatch _twins;
    private readonly Absence _absence;
    private readonly StateSync _sync;
    private readonly MeshTraffic _traffic;
    private readonly PeerJournal _journal = new();
    private readonly PeerViews _peers;
    private MeshTime _time;
    private TimeSpan _nextDial;
    private TimeSpan _dialDue;
    private TimeSpan _nextExpiry;
    private TimeSpan _noGraphBefore;
    private bool _isGraphOld = true;

    /// <summary>Starts with no links.</summary>
    /// <param name="self">Who this agent is.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="book">Addresses, restored by the owner.</param>
    /// <param name="ledger">Points and bans, restored by the owner.</param>
    /// <param name="random">Chance: nonces, jitter, choice. With a seed everything the machine does is repeatable.</param>
    public MeshMachine(MeshSelf self, MeshOptions options, AddressBook book, MisbehaviourLedger ledger, Random random)
    {
        (Self, _options, Book, Ledger) = (self, options, book, ledger);
        _links = new LinkTable(options);
        _keeper = new LinkKeeper(self, options, _links, ledger, _output, random) { Opened = OnOpened, Doubted = OnDoubted, Ended = OnEnded, Carries = CountCarried, Away = () => _absence!.Why };
        _gossip = new AddressGossip(self, options, _links, book, ledger, _output, random);
        _planner = new DialPlanner(self, options, _links, book, ledger, random);
        _store = new DocumentStore(self.Id, options);
        _own = new OwnDocument(self);
        _twins = new TwinWatch(_own, _store, _links, _past);
        _absence = new Absence(options, random);
        _sync = new StateSync(_store, _own, _twins, _links, ledger, _output, random);
        var view = new MeshView(self, options, _here, _store, _graph, _links, _absence);
        _traffic = new MeshTraffic(view, _output, random);
        _peers = new PeerViews(self, _absence, _links, book, ledger, _store, _graph, _journal, _output.Events) { WhyNotOne = view.WhyNotOne, WhyNoWay = view.WhyNoWay };
        _output.Overrun = link => _keeper.Forget(link, new ErrorInfo(LocalCastError.Busy, "it does not read what must not be lost"), _time);
    }

    /// <summary>Who this agent is.</summary>
    public MeshSelf Self { get; }

    /// <summary>The addresses it knows.</summary>
    public AddressBook Book { get; }

    /// <summary>Points and bans.</summary>
    public MisbehaviourLedger Ledger { get; }

    /// <summary>All links.</summary>
    public IReadOnlyCollection<PeerLink> Links => _links.All;

    /// <summary>Its own document and those of all agents that it can reach.</summary>
    public IEnumerable<AgentDocument> Documents => _store.Reachable.Prepend(_own.Current);

    /// <summary>The ways to all agents that it can reach.</summary>
    public IReadOnlyDictionary<string, MeshPath> Paths => _graph.Paths;

    /// <summary>A number that two agents share when they know the same documents.</summary>
    public ulong StateDigest => _store.Digest(_own.Current);

    /// <summary>Calls and publications of this machine's participants that wait for their answer, and those of others that its nodes work on.</summary>
    public int InFlight => _traffic.InFlight;

    /// <summary>Whether the last <c>Call</c>, <c>Publish</c>, <c>Ping</c> or <c>Send</c> met a congested link: its producer is to slow down until a <see cref="LinkCongested"/> says otherwise, or for a moment.</summary>
    public bool HasMetCongestion => _output.HasMetCongestion;

    /// <summary>How often what happened since the start, by the names of the <see cref="MeshNotice"/>s; some happen too often to be told, and are counted only.</summary>
    public IReadOnlyDictionary<string, long> Events => _output.Events.All;

    /// <summary>What the queue of a link never exceeds, in bytes.</summary>
    public int QueueBound => _options.LinkQueueBytes + (_options.LinkQueueBytes / 4);

    /// <summary>Takes the next message to send on a link; also on one that is being closed.</summary>
    public bool TryTake(long number, [NotNullWhen(true)] out Envelope? message)
    {
        message = null;
        bool found = (_links.TryFind(number, out PeerLink? link) || _ending.TryGetValue(number, out link)) && link.TryTake(out message);
        if (found)
        {
            _output.Taken(link!);
        }

        return found;
    }

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTakeEffect([NotNullWhen(true)] out MeshEffect? effect) => _output.TryTakeEffect(out effect);

    /// <summary>The participants of this machine changed.</summary>
    public void SetNodes(IReadOnlyList<NodeDescription> nodes, MeshTime time)
    {
        _time = time;
        _here.Set(nodes);
        if (Self.TellsNodes)
        {
            _own.SetNodes(nodes);
        }

        _traffic.Requests.NodesChanged(time.Now);
        Settle();
    }

    /// <summary>Time passed. To be called when <see cref="NextDue"/> says so, and not much more often than every 50 ms: what comes together is told together.</summary>
    public void Tick(MeshTime time)
    {
        _time = time;
        _keeper.Tick(time);
        ComeBackIfDue(time);
        if (time.Now >= _dialDue)
        {
            Dial(time);
        }

        if (time.Now >= _nextExpiry)
        {
            _nextExpiry = time.Now + ExpireEvery;
            foreach (PeerLink link in _links.Open.Where(link => link.Chunks.Count > 0 && link.Chunks.Expire(time.Now) > 0))
            {
                _output.Notice("chunks_given_up", link);
            }

            _store.Expire(time.Now);
        }

        _sync.Tick(time.Now);
        _traffic.Tick(time.Now);
        Settle();
        _sync.Flush(time.Now);
    }

    /// <summary>Leaves for good: says so to everybody, then closes all links. Where another agent with its id stays, it closes its links only.</summary>
    public void Leave(MeshTime time)
    {
        _time = time;
        if (_absence.Why is not null || _twins.HasTwin(time.Now))
        {
            _own.LeaveUntold();
        }
        else
        {
            _own.Leave();
            _sync.Leave(time.Now);
        }

        foreach (PeerLink link in _links.All.ToArray())
        {
            _keeper.Close(link, new ErrorInfo(LocalCastError.Disconnected, "the agent leaves"), time);
        }
    }

    private void Dispatch(PeerLink link, Envelope message, int size, MeshTime time)
    {
        switch (message.Type)
        {
            case MessageType.AddrRequest or MessageType.AddrList or MessageType.AddrAnnounce:
                _gossip.Receive(link, message, time);
                LookForDials();
                break;
            case MessageType.StateSeq or MessageType.StateRequest or MessageType.State:
                _isGraphOld |= _sync.Receive(link, message, time);
                break;
            case var type when !link.Rate.TryTake(type, size, time.Now):
                Limit(link, message, time);
                break;
            default:
                _traffic.Receive(link, message, time);
                break;
        }

        CloseIfBanned(link, time);
    }

    /// <summary>What follows from whatever just came in.</summary>
    private void Settle()
    {
        bool isWriting = _time.Now >= _own.Due;
        LeaveToElder(mustKnow: isWriting);
        if (isWriting && _own.TryWrite(_links.Open.Where(link => !link.IsSuspect), _time.Now))
        {
            _sync.Changed(Self.Id);
            _isGraphOld = true;
        }

        if (_isGraphOld && _time.Now >= _noGraphBefore)
        {
            RecomputeGraph(_time.Now);
            LeaveToElder(mustKnow: true);
        }
    }

    private void RecomputeGraph(TimeSpan now)
    {
        _isGraphOld = false;

        // In a large mesh a computation takes longer, and changes come in crowds: these are taken together.
        _noGraphBefore = now + TimeSpan.FromMilliseconds(20 + (_store.Count / 2));
        _graph.Compute(_own.Current, _links.Open.Where(link => !link.IsSuspect), _store.All);
        (List<string> arrived, List<string> lost, List<string> told) = _store.Mark(_graph.Knows, _graph.LeadsTo, now);
        told.ForEach(id => _sync.Changed(id));
        foreach (string id in arrived)
        {
            _output.Add(new AgentChanged(id, _store.TryFind(id, out AgentDocument? document) ? document : null));
        }

        foreach (string id in lost)
        {
            _output.Add(new AgentChanged(id, null));
        }

        _traffic.PathsChanged(now);
    }
}
