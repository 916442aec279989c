using BenchmarkDotNet.Attributes;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Benchmarks;

/// <summary>What one event takes in a mesh of a thousand agents with twenty nodes each, while a participant waits for all that it may: 256 times for 256 names.</summary>
[MemoryDiagnoser]
public class RequirementBenchmarks
{
    private const int Agents = 1000;
    private const int Most = 256;
    private static readonly DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly MeshMachine _machine = new(new MeshSelf { Id = "me", Name = "me", Network = "net", Boot = 100, Groups = [] }, new MeshOptions(), new AddressBook(new Random(1)), new MisbehaviourLedger(), new Random(1));
    private TimeSpan _now;
    private ulong _seq;
    private long _request;

    [Params(false, true)]
    public bool IsFresh { get; set; }

    private MeshTime Time => new(_now, _wall + _now);

    [GlobalSetup]
    public void Setup()
    {
        _machine.LinkOpened(1, LinkDirection.Inbound, "ws://hub:1", null, Time);
        Receive(MeshMessage.Of(MessageType.Hello, new LinkHello { Protocol = [1, 1], Network = "net", Id = "agent-0", Boot = 1, Time = _wall }, MeshJson.Default.LinkHello));
        for (int i = 0; i < Agents; i++)
        {
            ReceiveDocument(i);
        }

        Tick();
        for (int i = 0; i < Most; i++)
        {
            string[] names = [.. Enumerable.Range(i, Most - 1).Select(place => place % 2 == 0 ? $"node-{place % 20}" : $"node-{place % 20}@name-{place * 31 % Agents}"), "missing"];
            _machine.Require(++_request, names, TimeSpan.MaxValue, IsFresh ? TimeSpan.FromSeconds(10) : null, Time);
        }
    }

    /// <summary>An agent's document changes, and the paths are computed.</summary>
    [Benchmark]
    public void DocumentChanges()
    {
        ReceiveDocument(1);
        Tick();
    }

    /// <summary>A second passes.</summary>
    [Benchmark(Baseline = true)]
    public void Tick()
    {
        _now += TimeSpan.FromSeconds(1);
        _machine.Tick(Time);
        while (_machine.TryTakeEffect(out _) || _machine.TryTake(1, out _))
        {
            // It would fill.
        }
    }

    private void ReceiveDocument(int agent)
    {
        IEnumerable<string> neighbours = agent == 0 ? Enumerable.Range(1, Agents - 1).Select(other => $"agent-{other}").Append("me") : ["agent-0"];
        var document = new AgentDocument
        {
            Id = $"agent-{agent}",
            Name = $"name-{agent}",
            Boot = 1,
            Seq = ++_seq,
            Nodes = [.. Enumerable.Range(0, 20).Select(place => new NodeDescription { Name = $"node-{place}" })],
            Neighbours = [.. neighbours.Select(id => new DocumentNeighbour { Id = id, Cost = 1000 })],
        };
        Receive(MeshMessage.Of(MessageType.State, new StateData { Documents = [document] }, MeshJson.Default.StateData));
    }

    private void Receive(Envelope message) => _machine.Received(1, message, MeshMessage.SizeOf(message), Time);
}
