using LocalCast.Agent.Mesh;

namespace LocalCast.Agent.Tests.Mesh;

public sealed class AgentListTests
{
    private int _asked;

    [Fact]
    public async Task Read_Pages_AreOneListWithTheFewestLinksFirst()
    {
        AgentRow[] rows = await AgentList.ReadAsync(after => Answer(after switch
        {
            null => [Row("a", hops: 3), Row("b", hops: 1)],
            "b" => [Row("c", hops: 2)],
            _ => [],
        }));

        Assert.Equal(["b", "c", "a"], rows.Select(row => row.Id));
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task Read_AgentThatKnowsNoPages_HasEachOnceAndEnds()
    {
        AgentRow[] rows = await AgentList.ReadAsync(_ => Answer([Row("c"), Row("a"), Row("b")]));

        Assert.Equal(["a", "b", "c"], rows.Select(row => row.Id));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Read_AgentsComeFasterThanTheyAreRead_Ends()
    {
        AgentRow[] rows = await AgentList.ReadAsync(_ => Answer([.. Enumerable.Range(_asked * 1000, 1000).Select(i => Row($"{i:00000000}"))]));

        Assert.InRange(rows.Length, AgentList.Most, AgentList.Most + 1000);
    }

    private static AgentRow Row(string id, int hops = 1) => new(id, id, hops, 1, "near", []);

    private Task<AgentRow[]> Answer(AgentRow[] rows)
    {
        _asked++;
        return Task.FromResult(rows);
    }
}
