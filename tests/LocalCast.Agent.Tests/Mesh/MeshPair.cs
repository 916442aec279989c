using System.Buffers;
using System.Collections.Concurrent;
using LocalCast.Agent.Mesh;
using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>Two machines' hubs with all of the mesh between them but sockets: what one machine sends is encoded, decoded and handed to the other at once.</summary>
internal sealed class MeshPair : IAsyncDisposable
{
    private const long Link = 1;

    private readonly FakeTimeProvider _time = new();

    public MeshPair(int mostHere = 1024 * 1024, int mostFar = 1024 * 1024, bool isFarHidden = false, int linkQueueBytes = 16 * 1024 * 1024)
    {
        Here = new Side("here", _time, mostHere, linkQueueBytes: linkQueueBytes);
        Far = new Side("far", _time, mostFar, isFarHidden);
        Here.Other = Far;
        Far.Other = Here;
    }

    public Side Here { get; }

    public Side Far { get; }

    /// <summary>Links the two, and waits until each knows what the other has.</summary>
    public async Task MeetAsync()
    {
        Far.Open(LinkDirection.Inbound, "here"); // first: the other one begins with its hello
        Here.Open(LinkDirection.Outbound, null);
        await AgreeAsync();
    }

    /// <summary>Lets time pass until each knows what the other has.</summary>
    public async Task AgreeAsync()
    {
        for (int attempt = 0; attempt < 200 && !(Here.Knows(Far) && Far.Knows(Here)); attempt++)
        {
            await AdvanceAsync(TimeSpan.FromMilliseconds(50));
        }

        Assert.True(Here.Knows(Far) && Far.Knows(Here), "they do not know of each other");
        await AdvanceAsync(TimeSpan.FromMilliseconds(50)); // changes that come in crowds are taken together
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        _time.Advance(by);
        Here.Tick();
        Far.Tick();
        await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        await Here.DisposeAsync();
        await Far.DisposeAsync();
    }

    /// <summary>One machine.</summary>
    internal sealed class Side : IUplink, IAsyncDisposable
    {
        private readonly MeshDriver _driver;
        private readonly MeshDirectory _directory = new();
        private readonly HubBridge _bridge;
        private readonly MeshNews _news;
        private readonly Task _bridging;
        private readonly string _name;

        public Side(string name, FakeTimeProvider time, int mostFrameBytes, bool isHidden = false, int linkQueueBytes = 16 * 1024 * 1024)
        {
            _name = name;
            Hub = TestAgent.Start(options => (options.AgentName, options.Protocol.MaxFrameBytes) = (name, mostFrameBytes), time);
            var random = new Random(1);
            var self = new MeshSelf { Id = name, Name = name, Network = "test", Boot = 1, TellsNodes = !isHidden, Groups = ["staff"] };
            TellsNodes = !isHidden;
            var machine = new MeshMachine(self, new MeshOptions { LinkQueueBytes = linkQueueBytes }, new AddressBook(random), new MisbehaviourLedger(), random);
            _driver = new MeshDriver(machine, time) { Perform = Perform, Failed = Failures.Add };
            _bridge = new HubBridge(Hub.Broadcaster.ConnectUplink(this), Hub.Options, _driver, _directory, new MeshPings(time), Hub.Broadcaster.Refuse);
            _driver.Done = _bridge.Flush;
            _news = new MeshNews(Hub.Broadcaster, _directory, Hub.Log.CreateLogger("mesh"));
            _bridging = _bridge.RunAsync();
        }

        public TestAgent Hub { get; }

        public Side Other { get; set; } = null!;

        /// <summary>The link takes nothing: what is sent waits in its queue.</summary>
        public bool IsStuck { get; set; }

        /// <summary>Of whom the hub asked whether they should slow down, and what it was told.</summary>
        public ConcurrentQueue<(Channel Sender, bool IsSlowed)> Asked { get; } = new();

        public List<Exception> Failures { get; } = [];

        public bool HasAgents => _directory.HasAgents;

        public void Open(LinkDirection direction, string? expectedId) =>
            _driver.Do((direction, expectedId), static (machine, what, now) => machine.LinkOpened(Link, what.direction, "ws://test:1", what.expectedId, now));

        public void Tick()
        {
            _driver.Do(Hub.Broadcaster.DescribeForOthers(), static (machine, nodes, now) => machine.SetNodes(nodes, now));
            _driver.Do(0, static (machine, _, now) => machine.Tick(now));
        }

        public bool Knows(Side other) =>
            _directory.Agents.SingleOrDefault() is { } known && known.Nodes.Select(Text).SequenceEqual(other.TellsNodes ? other.Hub.Broadcaster.DescribeForOthers().Select(Text) : []);

        public bool TellsNodes { get; }

        public bool IsInGroup(string group) => group == "staff";

        public RouteReport RouteTo(string name) => _driver.Ask(name, static (machine, to, now) => machine.RouteTo(to, now));

        public int CountNodes() => _directory.NodeCount;

        public bool HasNode(Channel node) => _directory.HasNode(node);

        public bool CanReach(Channel node) => _directory.CanReach(node);

        public bool IsThisAgent(string agent) => agent == _name;

        public int CountSubscribers(string topic, string? group) => _driver.Ask((topic, group), static (machine, what, _) => machine.CountSubscribers(what.topic, what.group));

        public bool TakeCongestion(Channel sender)
        {
            bool isSlowed = _bridge.Requests.TakeCongestion(sender);
            Asked.Enqueue((sender, isSlowed));
            return isSlowed;
        }

        public void NodesChanged()
        {
            // Asked for with every tick.
        }

        /// <summary>A participant of this machine wants something, without a connection of its own.</summary>
        public void Want(Envelope message) => Assert.True(_bridge.Requests.TryTell(message));

        /// <summary>The hub and the mesh lose each other.</summary>
        public async Task EndWayAsync()
        {
            _bridge.End();
            await _bridging.DefaultTimeout();
        }

        public async ValueTask DisposeAsync()
        {
            await EndWayAsync();
            Assert.Empty(Failures);
            await Hub.DisposeAsync();
        }

        private static string Text(NodeDescription node) => $"{node.Name} {node.State} {string.Join(',', node.Topics ?? [])} {string.Join(',', node.Methods ?? [])}";

        private void Perform(MeshEffect effect)
        {
            switch (effect)
            {
                case WakeLink:
                    Carry();
                    break;
                case DeliverCall call:
                    _bridge.Deliveries.Call(call);
                    break;
                case CancelDelivered cancel:
                    _bridge.Deliveries.Cancel(cancel);
                    break;
                case DeliverPublication publication:
                    _bridge.Deliveries.Publish(publication);
                    break;
                case DeliverPing ping:
                    _bridge.Deliveries.Ping(ping.Ping);
                    break;
                case DeliverPong pong:
                    _bridge.Requests.Pong(pong);
                    break;
                case DeliverMessage other:
                    _bridge.Deliveries.Pass(other.Message);
                    break;
                case AnswerRequest answer:
                    _bridge.Requests.Answer(answer);
                    break;
                case MessageRefused refused:
                    Hub.Broadcaster.Refuse(refused.Sender, refused.Id, refused.Why);
                    break;
                case AgentChanged change:
                    _news.Tell(change);
                    break;
                default:
                    break;
            }
        }

        private void Carry()
        {
            while (!IsStuck && _driver.TryTake(Link, out Envelope? message))
            {
                var body = new ArrayBufferWriter<byte>();
                BinaryCodec.Encode(message!, body);
                Other._driver.Do((Message: BinaryCodec.Decode(body.WrittenSpan), body.WrittenCount), static (machine, what, now) => machine.Received(Link, what.Message, what.WrittenCount, now));
            }
        }
    }
}
