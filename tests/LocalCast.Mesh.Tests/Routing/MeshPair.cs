using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>A machine with neighbours that the test plays: what these say is what the test makes them say.</summary>
internal sealed class MeshPair
{
    private static readonly DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private long _lastNumber;

    public MeshPair(Action<MeshOptions>? configure = null, bool isLeaf = false, bool isHidden = false, ulong? born = null, params string[] groups)
    {
        var options = new MeshOptions();
        configure?.Invoke(options);
        var self = new MeshSelf { Id = "me", Name = "me", Network = "net", Boot = 100, Born = born, Groups = groups, IsLeaf = isLeaf, TellsNodes = !isHidden };
        Machine = new MeshMachine(self, options, new AddressBook(new Random(1)), new MisbehaviourLedger(), new Random(1));
    }

    public MeshMachine Machine { get; }

    public TimeSpan Now { get; private set; }

    public MeshTime Time => new(Now, _wall + Now);

    public List<MeshEffect> Effects { get; } = [];

    /// <summary>Opens a link to a neighbour, with its document.</summary>
    public void Join(string id, IReadOnlyList<NodeDescription>? nodes = null, string[]? neighbours = null, string[]? groups = null)
    {
        Greet(id);
        SayDocument(id, new AgentDocument
        {
            Id = id,
            Boot = 1,
            Seq = 1,
            Nodes = nodes ?? [],
            Groups = groups ?? [],
            Neighbours = [.. (neighbours ?? []).Append("me").Select(other => new DocumentNeighbour { Id = other, Cost = 1000 })],
        });
        Pass(TimeSpan.FromSeconds(1));
        TakeAll(id);
    }

    /// <summary>Opens a link to a neighbour that has not told anything of itself yet.</summary>
    public void Greet(string id, ulong? born = null)
    {
        long number = _numbers[id] = ++_lastNumber;
        Machine.LinkOpened(number, LinkDirection.Inbound, $"ws://{id}:1", null, Time);
        var hello = new LinkHello { Protocol = [1, 1], Network = "net", Id = id, Boot = 1, Born = born, Time = Time.Wall };
        Say(id, MeshMessage.Of(MessageType.Hello, hello, MeshJson.Default.LinkHello));
    }

    /// <summary>Dials an address that a person chose; who answers there has the id.</summary>
    public void JoinBack(string id, string address)
    {
        Assert.Null(Machine.AddPeer(address, Time));
        Pass(TimeSpan.FromMilliseconds(50));
        Assert.Equal(address, Of<DialAddress>()[^1].Address);
        long number = _numbers[id] = ++_lastNumber;
        Machine.LinkOpened(number, LinkDirection.Outbound, address, null, Time);
        TakeAll(id);
        var hello = new LinkHello { Protocol = [1, 1], Network = "net", Id = id, Boot = 1, Time = Time.Wall };
        Say(id, MeshMessage.Of(MessageType.HelloAck, hello, MeshJson.Default.LinkHello));
        TakeAll(id);
    }

    public void SayDocument(string by, params AgentDocument[] documents) =>
        Say(by, MeshMessage.Of(MessageType.State, new StateData { Documents = documents }, MeshJson.Default.StateData));

    public void Say(string by, Envelope message)
    {
        Machine.Received(_numbers[by], message, MeshMessage.SizeOf(message), Time);
        Collect();
    }

    /// <summary>The neighbour says it in JSON.</summary>
    public void SayJson(string by, string json)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(json);
        Machine.Received(_numbers[by], JsonCodec.Decode(body, new ProtocolLimits()), body.Length, Time, isJson: true);
        Collect();
    }

    public void End(string id)
    {
        Machine.LinkClosed(_numbers[id], new ErrorInfo(LocalCastError.Disconnected, "cut"), Time);
        Collect();
    }

    public void Act(Action<MeshMachine> what)
    {
        what(Machine);
        Collect();
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time)
    {
        for (TimeSpan end = Now + time; Now < end;)
        {
            Now += TimeSpan.FromMilliseconds(50);
            Machine.Tick(Time);
        }

        Collect();
    }

    /// <summary>Lets time pass without a tick before its end.</summary>
    public void PassTo(TimeSpan end)
    {
        Now = end > Now ? end : Now + TimeSpan.FromMilliseconds(50);
        Act(machine => machine.Tick(Time));
    }

    /// <summary>What the neighbour was sent, other than about links, addresses and state.</summary>
    public List<Envelope> TakeAll(string id)
    {
        List<Envelope> all = [];
        while (Machine.TryTake(_numbers[id], out Envelope? message))
        {
            if (message.Type is not (MessageType.StateSeq or MessageType.StateRequest or MessageType.State or MessageType.PingRequest or MessageType.HelloAck))
            {
                all.Add(message);
            }
        }

        return all;
    }

    public T[] Of<T>()
        where T : MeshEffect => [.. Effects.OfType<T>()];

    private void Collect()
    {
        while (Machine.TryTakeEffect(out MeshEffect? effect))
        {
            Effects.Add(effect);
        }
    }
}
