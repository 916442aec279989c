using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>What must hold in every run, whatever happened.</summary>
internal static class Invariants
{
    /// <summary>Every request was answered exactly once, every call executed at most once, and one that succeeded exactly once.</summary>
    public static (int Succeeded, int Failed) CheckAnswers(SimulatedNetwork network)
    {
        Dictionary<string, int> executed = network.Agents.SelectMany(agent => agent.Hub.Executed).GroupBy(mark => mark).ToDictionary(group => group.Key, group => group.Count());
        Assert.All(executed, pair => Assert.True(pair.Value == 1, $"the call {pair.Key} was executed {pair.Value} times"));
        int failed = 0;
        int succeeded = 0;
        foreach (SimulatedAgent agent in network.Agents)
        {
            foreach ((long number, SimulatedHub.Asked asked) in agent.Hub.Requests)
            {
                Assert.True(asked.Answers.Count == 1, $"request {number} ({asked.Mark}) of {agent.Id} was answered {asked.Answers.Count} times");
                Envelope answer = asked.Answers[0];
                _ = answer.Error is null ? succeeded++ : failed++;
                Assert.True(answer.Error is null || answer.Error.Message.Length > 0, $"{asked.Mark} failed without a reason");
                if (answer is { Type: MessageType.Result, Error: null })
                {
                    Assert.True(executed.ContainsKey(asked.Mark), $"the call {asked.Mark} succeeded and was not executed");
                }
            }
        }

        return (succeeded, failed);
    }

    /// <summary>Nobody received a publication twice, one of a group it is not in, or one of another network.</summary>
    public static void CheckDeliveries(SimulatedNetwork network)
    {
        foreach (SimulatedAgent agent in network.Agents)
        {
            Assert.Equal(agent.Hub.Published.Select(item => (item.Mark, item.Node)).Distinct().Count(), agent.Hub.Published.Count);
            Assert.All(agent.Hub.Published, item => Assert.True(item.Group is null || agent.Groups.Contains(item.Group), $"{agent.Id} received {item.Mark} of the group {item.Group}"));
            Assert.All(agent.Hub.Published, item => Assert.StartsWith(agent.Network, item.Mark, StringComparison.Ordinal));
            Assert.All(agent.Hub.Executed, mark => Assert.StartsWith(agent.Network, mark, StringComparison.Ordinal));
        }
    }

    /// <summary>No message came back to an agent, and nothing is kept beyond its bound or after everything ended.</summary>
    public static void CheckQuiet(SimulatedNetwork network)
    {
        foreach (SimulatedAgent agent in network.Agents)
        {
            Assert.DoesNotContain(agent.Notices, notice => notice.Name is "seen_twice" or "misbehaviour" or "refused_message");
            if (agent.Machine is { } machine)
            {
                Assert.Equal(machine.Documents.Skip(1).Select(document => document.Id).Order(), agent.Hub.Known.Keys.Order());
                Assert.Equal(0, machine.InFlight);
                Assert.All(machine.Links, link => Assert.InRange(link.Queue.Bytes, 0, machine.QueueBound));
            }
        }
    }
}
