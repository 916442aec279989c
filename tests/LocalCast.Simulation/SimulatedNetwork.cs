using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>Agents, the connections between them, and everything that can happen to these. One seed decides all of it.</summary>
internal sealed class SimulatedNetwork(int seed)
{
    public static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly List<SimulatedLink> _links = [];
    private readonly Dictionary<string, SimulatedAgent> _byAddress = new(StringComparer.Ordinal);
    private Func<SimulatedAgent, SimulatedAgent, bool> _canReach = (_, _) => true;
    private long _lastNumber;

    public Random Random { get; } = new(seed);

    public SimulatedClock Clock { get; } = new();

    public List<SimulatedAgent> Agents { get; } = [];

    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>Bytes sent by messages of one type.</summary>
    public Dictionary<MessageType, long> Traffic { get; } = [];

    public Func<SimulatedAgent, SimulatedAgent, int> BytesPerSecond { get; set; } = (_, _) => 0;

    public SimulatedAgent Add(string name, Action<SimulatedAgentSetup>? configure = null)
    {
        var setup = new SimulatedAgentSetup { Id = name };
        configure?.Invoke(setup);
        var agent = new SimulatedAgent(this, setup);
        Agents.Add(agent);
        _byAddress[agent.Address] = agent;
        return agent;
    }

    public long NextNumber() => ++_lastNumber;

    public void Dial(SimulatedAgent from, string address)
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(1 + (Random.NextDouble() * 20));
        Clock.After(delay * 2, () =>
        {
            if (_byAddress.TryGetValue(address, out SimulatedAgent? to) && to.Machine is not null && from.Machine is not null && _canReach(from, to))
            {
                var link = new SimulatedLink(this, from, to, delay) { BytesPerSecond = BytesPerSecond(from, to) };
                _links.Add(link);
                link.Open(address);
            }
            else
            {
                from.Act(machine => machine.DialFailed(address, new ErrorInfo(LocalCastError.Disconnected, "nobody is there"), from.Time));
            }
        });
    }

    public void Remove(SimulatedLink link) => _links.Remove(link);

    /// <summary>From now on only some reach each other; connections that may not be break.</summary>
    public void Partition(Func<SimulatedAgent, SimulatedAgent, bool> canReach)
    {
        _canReach = canReach;
        foreach (SimulatedLink link in _links.ToArray())
        {
            if (!canReach(link.Dialler, link.Acceptor))
            {
                link.Break(TimeSpan.FromMilliseconds(Random.Next(1, 500)));
            }
        }
    }

    /// <summary>From now on only some reach each other, and nobody is told: what is under way waits until the network is healed.</summary>
    public void CutInSilence(Func<SimulatedAgent, SimulatedAgent, bool> canReach)
    {
        _canReach = canReach;
        foreach (SimulatedLink link in _links.Where(link => !canReach(link.Dialler, link.Acceptor)))
        {
            link.Stall();
        }
    }

    public void Heal()
    {
        _canReach = (_, _) => true;
        foreach (SimulatedLink link in _links.ToArray())
        {
            link.Resume();
        }
    }

    public void BreakAll(SimulatedAgent agent)
    {
        foreach (SimulatedLink link in _links.Where(link => link.Dialler == agent || link.Acceptor == agent).ToArray())
        {
            link.Break(TimeSpan.FromMilliseconds(Random.Next(1, 100)));
        }
    }

    public void Count(Envelope message, int size) => Traffic[message.Type] = Traffic.GetValueOrDefault(message.Type) + size;

    /// <summary>Whether all living agents know and reach all others, though links may still be coming back.</summary>
    public bool ReachesAll()
    {
        int living = Agents.Count(agent => agent.Machine is not null);
        return Agents.All(agent => agent.Machine is not { } machine || (machine.Paths.Count == living - 1 && machine.Documents.Count() == living));
    }

    /// <summary>Whether all living agents know the same, and all of it.</summary>
    public bool HaveConverged(IReadOnlyCollection<SimulatedAgent>? among = null)
    {
        SimulatedAgent[] living = [.. (among ?? Agents).Where(agent => agent.Machine is not null)];
        if (!living.All(agent => agent.Machine!.Paths.Count == living.Length - 1))
        {
            return false;
        }

        ulong digest = living[0].Machine!.StateDigest;
        return living.All(agent => agent.Machine!.StateDigest == digest);
    }
}
