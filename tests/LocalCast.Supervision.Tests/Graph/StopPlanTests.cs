namespace LocalCast.Supervision.Tests.Graph;

public sealed class StopPlanTests
{
    [Fact]
    public void For_All_StopsDependentsFirstAndAddsTheLongestWay()
    {
        NodeManifest[] nodes = Nodes.Of("db", "api: db bind", "log: db soft", "web: api", "alone");
        nodes[1] = nodes[1] with { Stop = new StopSpec { Timeout = TimeSpan.FromSeconds(20), MaxExtension = TimeSpan.Zero } };
        StopPlan plan = StopPlan.For(new DependencyGraph(nodes), nodes.Select(node => node.Name));
        Assert.Equal(["alone log web", "api", "db"], plan.Steps.Select(step => string.Join(' ', step.Select(node => node.Name))));
        Assert.Equal(["api", "log"], plan.Steps[2][0].After);
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (plan.Steps[1][0].WorstCase, plan.Steps[1][0].WorstCaseExtended));
        Assert.Equal(TimeSpan.FromSeconds(15 + 30 + 15), plan.WorstCase);
        Assert.Equal(TimeSpan.FromSeconds(75 + 30 + 75), plan.WorstCaseExtended);
    }

    [Fact]
    public void For_Some_KeepsTheOrderAmongThem()
    {
        var graph = new DependencyGraph(Nodes.Of("a", "b: a", "c: b", "d: c"));
        StopPlan plan = StopPlan.For(graph, ["a", "c", "d", "unknown"]);
        Assert.Equal(["a d", "c"], plan.Steps.Select(step => string.Join(' ', step.Select(node => node.Name))));
        Assert.Equal(TimeSpan.FromSeconds(30), plan.WorstCase);
        Assert.Equal(TimeSpan.Zero, StopPlan.For(graph, []).WorstCase);
    }

    [Fact]
    public void For_ACircle_StopsItAtLast()
    {
        StopPlan plan = StopPlan.For(new DependencyGraph(Nodes.Of("a: b", "b: a", "c")), ["a", "b", "c"]);
        Assert.Equal(["c", "a b"], plan.Steps.Select(step => string.Join(' ', step.Select(node => node.Name))));
    }
}
