using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>The hub of a simulated agent: nodes that answer after a while, and a record of everything that was asked, done and answered.</summary>
internal sealed class SimulatedHub(SimulatedNetwork network, SimulatedAgent agent)
{

    private long _lastRequest;

    /// <summary>Every request of this agent: what it was, and all answers to it.</summary>
    public Dictionary<long, Asked> Requests { get; } = [];

    /// <summary>Calls executed here, by what the caller put in them.</summary>
    public List<string> Executed { get; } = [];

    /// <summary>Publications delivered here.</summary>
    public List<(string Mark, string? Group, string Node)> Published { get; } = [];

    /// <summary>Pongs received, by request.</summary>
    public List<(long Request, string From)> Pongs { get; } = [];

    /// <summary>The other agents as it was told of them, with their number of nodes.</summary>
    public Dictionary<string, int> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls whose caller gave up.</summary>
    public int Cancelled { get; private set; }

    /// <summary>Whatever else there was to do.</summary>
    public List<MeshEffect> Others { get; } = [];

    /// <summary>How long a node takes for a call.</summary>
    public Func<TimeSpan> Work { get; set; } = () => TimeSpan.FromMilliseconds(network.Random.Next(0, 20));

    public long Call(string to, string mark, uint deadlineMs = 5000, string? group = null) => Ask(mark, request => machine => machine.Call(
        request,
        Message(MessageType.Call, mark, to, group: group, deadlineMs: deadlineMs),
        agent.Time));

    /// <summary>A call of another participant of this machine, with so many bytes.</summary>
    public long CallOf(string participant, string to, string mark, int bytes) => Ask(mark, request => machine => machine.Call(
        request,
        Message(MessageType.Call, mark, to, deadlineMs: 30_000, from: participant, bytes: bytes),
        agent.Time));

    /// <summary>As a hub does: mode <c>one</c> is uniform over all subscribers, so its own are weighed against the others first.</summary>
    public long Publish(string topic, PublishMode mode, string mark, string? group = null) => Ask(mark, request => machine =>
    {
        string[] own = mode == PublishMode.One ? [.. machine.Self.Groups.Contains(group) || group is null ? agent.SubscribersOf(topic) : []] : [];
        if (own.Length > 0 && network.Random.Next(own.Length + machine.CountSubscribers(topic, group)) < own.Length)
        {
            Published.Add((mark, group, own[network.Random.Next(own.Length)]));
            Perform(new AnswerRequest(request, new Envelope { Type = MessageType.Ack }));
            return;
        }

        machine.Publish(request, Message(MessageType.Publish, mark, null, topic, mode, group, 5000), agent.Time);
    });

    public long Ping(string mark) => Ask(mark, request => machine => machine.Ping(request, Message(MessageType.Ping, mark, null), agent.Time));

    public long Require(string mark, TimeSpan within, params string[] names) =>
        Ask(mark, request => machine => machine.Require(request, names, network.Clock.Now + within, agent.Time));

    public long Require(string mark, TimeSpan within, TimeSpan freshness, params string[] names) =>
        Ask(mark, request => machine => machine.Require(request, names, network.Clock.Now + within, freshness, agent.Time));

    public void Cancel(long request) => agent.Act(machine => machine.Cancel(request, agent.Time));

    public void Crashed()
    {
        Known.Clear();
        // Who asked is gone as well: nobody is left to be answered.
        foreach ((long request, Asked asked) in Requests.ToArray())
        {
            if (asked.Answers.Count == 0)
            {
                Requests.Remove(request);
            }
        }
    }

    public void Perform(MeshEffect effect)
    {
        switch (effect)
        {
            case DeliverCall call:
                Executed.Add(call.Call.Method!);
                MeshMachine machine = agent.Machine!;
                network.Clock.After(Work(), () => Finish(machine, call));
                break;
            case CancelDelivered:
                Cancelled++;
                break;
            case DeliverPublication publication:
                Published.Add((publication.Publication.Method!, publication.Publication.Group, publication.Publication.To ?? ""));
                if (publication.Handle != 0)
                {
                    agent.Act(m => m.AnswerCall(publication.Handle, new Envelope { Type = MessageType.Ack }, agent.Time));
                }

                break;
            case DeliverPing ping:
                agent.Act(m => m.Send(new Envelope { Type = MessageType.Pong, From = $"node-{agent.Id}", To = ping.Ping.From, ReplyTo = ping.Ping.Id }, agent.Time));
                break;
            case DeliverPong pong:
                Pongs.Add((pong.Request, pong.Pong.From!));
                break;
            case AnswerRequest answer when Requests.TryGetValue(answer.Request, out Asked? asked):
                asked.Answers.Add(answer.Answer);
                asked.AnsweredAt = network.Clock.Now;
                break;
            case AgentChanged { Document: { } document } changed:
                Known[changed.Agent] = document.Nodes.Count;
                break;
            case AgentChanged changed:
                Known.Remove(changed.Agent);
                break;
            default:
                Others.Add(effect);
                break;
        }
    }

    public Envelope? AnswerOf(long request) => Requests[request].Answers.SingleOrDefault();

    private void Finish(MeshMachine machine, DeliverCall call)
    {
        if (ReferenceEquals(machine, agent.Machine))
        {
            var answer = new Envelope { Type = MessageType.Result, From = call.Call.To, PayloadKind = PayloadKind.Json, Payload = "1"u8.ToArray() };
            agent.Act(m => m.AnswerCall(call.Handle, answer, agent.Time));
        }
    }

    private long Ask(string mark, Func<long, Action<MeshMachine>> what)
    {
        long request = ++_lastRequest;
        Requests.Add(request, new Asked(mark, network.Clock.Now));
        agent.Act(what(request));
        return request;
    }

    /// <summary>The mark travels as the method: the mesh passes it on and never looks at it.</summary>
    private Envelope Message(MessageType type, string mark, string? to, string? topic = null, PublishMode mode = PublishMode.None, string? group = null, uint? deadlineMs = null, string? from = null, int bytes = 0) => new()
    {
        Type = type,
        Id = "7",
        From = from ?? $"caller-{agent.Id}",
        To = to,
        Topic = topic,
        Mode = mode,
        Group = group,
        Method = mark,
        DeadlineMs = deadlineMs,
        PayloadKind = bytes == 0 ? PayloadKind.None : PayloadKind.Bytes,
        Payload = new byte[bytes],
    };

    /// <summary>One request.</summary>
    internal sealed record Asked(string Mark, TimeSpan At)
    {
        public List<Envelope> Answers { get; } = [];

        public TimeSpan AnsweredAt { get; set; }
    }
}
