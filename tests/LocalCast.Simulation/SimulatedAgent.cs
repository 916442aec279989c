using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>How an agent of the simulation is.</summary>
internal sealed class SimulatedAgentSetup
{
    public required string Id { get; init; }

    public string? Address { get; set; }

    public string Network { get; set; } = "net";

    public IReadOnlyList<string> Groups { get; set; } = [];

    public IReadOnlyList<string> Peers { get; set; } = [];

    public IReadOnlyList<NodeDescription> Nodes { get; set; } = [];

    public TimeSpan Skew { get; set; }

    public bool IsLeaf { get; set; }

    /// <summary>Whether its document says when it was born; older software does not.</summary>
    public bool SaysBirth { get; set; } = true;

    public MeshOptions Options { get; } = new() { AnnouncePrivateAddresses = true };
}

/// <summary>One agent: a real <see cref="MeshMachine"/>, and a hub that does whatever it is asked and writes it down.</summary>
internal sealed class SimulatedAgent
{
    /// <summary>As an agent does: when the machine wants to be told the time, but not more often than this.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);

    private readonly SimulatedNetwork _network;
    private readonly SimulatedAgentSetup _setup;
    private readonly Dictionary<long, SimulatedLink> _links = [];
    private AddressBookContent? _savedBook;
    private int _life;
    private TimeSpan _lastTick;
    private TimeSpan _nextTick = TimeSpan.MaxValue;

    public SimulatedAgent(SimulatedNetwork network, SimulatedAgentSetup setup)
    {
        (_network, _setup) = (network, setup);
        Hub = new SimulatedHub(network, this);
    }

    public string Id => _setup.Id;

    public string Network => _setup.Network;

    public IReadOnlyList<string> Groups => _setup.Groups;

    public string Address => _setup.Address ?? AddressOf(Id);

    public IReadOnlyList<NodeDescription> Nodes => _setup.Nodes;

    public MeshMachine? Machine { get; private set; }

    public SimulatedHub Hub { get; }

    public TimeSpan Skew
    {
        get => _setup.Skew;
        set => _setup.Skew = value;
    }

    public List<MeshNotice> Notices { get; } = [];

    public MeshTime Time => new(_network.Clock.Now, SimulatedNetwork.Begin + _network.Clock.Now + _setup.Skew);

    public static string AddressOf(string id) => $"ws://{id}:1";

    public void Boot()
    {
        var book = new AddressBook(new Random(_network.Random.Next()));
        foreach (string peer in _setup.Peers)
        {
            book.AddConfigured(AddressOf(peer));
        }

        if (_savedBook is not null)
        {
            book.Restore(_savedBook, _network.Clock.Now);
        }

        var self = new MeshSelf
        {
            Id = Id,
            Name = Id,
            Network = Network,
            Boot = (ulong)Time.Wall.ToUnixTimeMilliseconds(),
            Born = _setup.SaysBirth ? AgentBirth.Of(Time.Wall, _network.Random) : null,
            ListenAddress = Address,
            Groups = Groups,
            IsLeaf = _setup.IsLeaf,
        };
        Machine = new MeshMachine(self, _setup.Options, book, new MisbehaviourLedger(), new Random(_network.Random.Next()));
        _life++;
        (_lastTick, _nextTick) = (_network.Clock.Now - (LeastPause * _network.Random.NextDouble()), TimeSpan.MaxValue);
        Act(machine => machine.SetNodes(_setup.Nodes, Time));
    }

    /// <summary>The process ends in the middle of whatever it did.</summary>
    public void Crash()
    {
        _savedBook = Machine!.Book.Save(_network.Clock.Now);
        Machine = null;
        Hub.Crashed();
        _network.BreakAll(this);
        _links.Clear();
    }

    public void Leave()
    {
        Act(machine => machine.Leave(Time));
        Machine = null;
        Hub.Crashed();
    }

    public void SetNodes(IReadOnlyList<NodeDescription> nodes)
    {
        _setup.Nodes = nodes;
        Act(machine => machine.SetNodes(nodes, Time));
    }

    /// <summary>Other nodes, from its next start on.</summary>
    public void SetNodesOfNextLife(IReadOnlyList<NodeDescription> nodes) => _setup.Nodes = nodes;

    /// <summary>Its own nodes that subscribe to a topic.</summary>
    public IEnumerable<string> SubscribersOf(string topic)
    {
        var table = new SubscriptionTable<string>();
        foreach ((NodeDescription node, string pattern) in _setup.Nodes.SelectMany(node => (node.Topics ?? []).Select(pattern => (node, pattern))))
        {
            table.Add(pattern, node.Name);
        }

        SortedSet<string> found = new(StringComparer.Ordinal);
        table.Match(topic, found);
        return found;
    }

    /// <summary>Does something with the machine, then what the machine says.</summary>
    public void Act(Action<MeshMachine> what, SimulatedLink? over = null)
    {
        if (Machine is not { } machine || (over is not null && !_links.ContainsKey(over.NumberOf(this))))
        {
            return;
        }

        what(machine);
        while (machine.TryTakeEffect(out MeshEffect? effect))
        {
            Perform(effect);
        }

        ArmTick();
    }

    public void Start(string address, SimulatedLink link, Action<MeshMachine> opened)
    {
        if (Machine is not null)
        {
            _links[link.NumberOf(this)] = link;
            Act(opened);
        }
    }

    public void Forget(SimulatedLink link, ErrorInfo reason)
    {
        if (_links.Remove(link.NumberOf(this)))
        {
            Act(machine => machine.LinkClosed(link.NumberOf(this), reason, Time));
        }
    }

    private void ArmTick()
    {
        if (Machine is not { } machine)
        {
            return;
        }

        TimeSpan due = machine.NextDue > _lastTick + LeastPause ? machine.NextDue : _lastTick + LeastPause;
        if (due < _nextTick)
        {
            int life = _life;
            _nextTick = due;
            _network.Clock.After(due > _network.Clock.Now ? due - _network.Clock.Now : TimeSpan.Zero, () => Tick(life, due));
        }
    }

    private void Tick(int life, TimeSpan due)
    {
        // One that is due earlier may have come meanwhile.
        if (_life == life && _nextTick == due && Machine is not null)
        {
            (_lastTick, _nextTick) = (_network.Clock.Now, TimeSpan.MaxValue);
            Act(machine => machine.Tick(Time));
        }
    }

    private void Perform(MeshEffect effect)
    {
        switch (effect)
        {
            case WakeLink wake:
                _links.GetValueOrDefault(wake.Link)?.Pump(this);
                break;
            case CloseLink close:
                _links.GetValueOrDefault(close.Link)?.Close(this, close.Reason);
                break;
            case DialAddress dial:
                _network.Dial(this, dial.Address);
                break;
            case MeshNotice notice:
                Notices.Add(notice);
                break;
            default:
                Hub.Perform(effect);
                break;
        }
    }
}
