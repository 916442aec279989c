using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class RouteReportTests
{
    private static readonly NodeDescription _echo = new() { Name = "echo", State = "Ready" };
    private readonly MeshPair _mesh = new();

    public RouteReportTests()
    {
        // me - a - b - c (far, the only way to it), me - d with echo as well, but dearer.
        _mesh.Join("a", neighbours: ["b"]);
        _mesh.Join("d", [_echo with { State = "Starting" }]);
        _mesh.SayDocument(
            "a",
            Far("b", ("a", 2000), ("c", 3000)) with { Name = "cellar" },
            Far("c", ("b", 5000)) with { Nodes = [_echo] },
            Far("a", ("me", 1000), ("b", 1500)) with { Seq = 2 },
            Far("cut") with { Nodes = [_echo with { Name = "lonely" }] });
        _mesh.Pass(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("echo@c")]
    [InlineData("@c")]
    public void RouteTo_SeveralHops_NamesEachWithItsMeasuredCost(string to)
    {
        RouteReport route = _mesh.Machine.RouteTo(to, _mesh.Time);

        Assert.Null(route.Error);
        Assert.Equal(["a", "b", "c"], route.Hops.Select(hop => hop.Agent));
        Assert.Equal([2, 5], route.Hops.Skip(1).Select(hop => hop.RoundTrip.TotalMilliseconds)); // the dearer of what both ends say
        Assert.Equal("cellar", route.Hops[1].Name);
        Assert.Equal("c", route.Target!.Value.Agent);
        Assert.False(route.IsHere);
        Assert.Equal(to == "echo" ? [new MeshAddress("echo", "d")] : [], route.Others);
        Assert.Empty(_mesh.TakeAll("a"));
    }

    [Fact]
    public void RouteTo_OwnNode_IsHereFirst()
    {
        _mesh.Act(m => m.SetNodes([_echo], _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));

        RouteReport route = _mesh.Machine.RouteTo("echo", _mesh.Time);

        Assert.True(route.IsHere);
        Assert.Equal([new MeshAddress("echo", "c"), new MeshAddress("echo", "d")], route.Others);
        Assert.True(_mesh.Machine.RouteTo("echo@me", _mesh.Time).IsHere);
    }

    [Theory]
    [InlineData("localcast@c")]
    [InlineData("@c")]
    [InlineData("localcast@cellar")]
    public void RouteTo_AnotherAgentItself_IsTheWayToIt(string to)
    {
        RouteReport route = _mesh.Machine.RouteTo(to, _mesh.Time);

        Assert.Null(route.Error);
        Assert.Equal(to.EndsWith('r') ? "b" : "c", route.Hops[^1].Agent);
        Assert.Empty(route.Others);
    }

    [Theory]
    [InlineData("localcast")]
    [InlineData("localcast@me")]
    [InlineData("@me")]
    public void RouteTo_ThisAgentItself_IsHere(string to) => Assert.True(_mesh.Machine.RouteTo(to, _mesh.Time) is { IsHere: true, Error: null, Others: [] });

    [Fact]
    public void RouteTo_AgentOfANameThatSeveralHave_NamesThem()
    {
        _mesh.SayDocument("a", Far("c", ("b", 5000)) with { Seq = 2, Name = "cellar", Nodes = [_echo] });
        _mesh.Pass(TimeSpan.FromSeconds(1));

        ErrorInfo why = _mesh.Machine.RouteTo("echo@cellar", _mesh.Time).Error!;

        Assert.Equal((LocalCastError.NoRoute, "several agents bear the name 'cellar': ids b, c; say the id of the one that is meant"), (why.Code, why.Message));
    }

    [Theory]
    [InlineData("echo@nowhere", "no agent 'nowhere' is known")]
    [InlineData("echo@cut", "the agent 'cut' is known, but no link leads to it now")]
    [InlineData("nobody@c", "the agent 'c' has no node 'nobody', or does not tell of it")]
    [InlineData("nobody", "no node 'nobody' in the mesh")]
    [InlineData("cellar", "no node 'cellar' in the mesh, but 'cellar' is an agent: its nodes are NODE@cellar, it is localcast@cellar")]
    [InlineData("c", "no node 'c' in the mesh, but 'c' is an agent: its nodes are NODE@c, it is localcast@c")]
    public void RouteTo_Nobody_SaysItInWords(string to, string why) => Assert.Equal(why, _mesh.Machine.RouteTo(to, _mesh.Time).Error!.Message);

    [Theory]
    [InlineData("nobody", LocalCastError.NodeNotFound)]
    [InlineData("nobody@c", LocalCastError.NodeNotFound)]
    [InlineData("nobody@me", LocalCastError.NodeNotFound)]
    [InlineData("lonely", LocalCastError.NoRoute)]
    [InlineData("lonely@cut", LocalCastError.NoRoute)]
    [InlineData("echo@nowhere", LocalCastError.NoRoute)]
    [InlineData("", LocalCastError.NodeNotFound)]
    public void RouteTo_Nobody_SaysPreciselyWhy(string to, LocalCastError why)
    {
        RouteReport route = _mesh.Machine.RouteTo(to, _mesh.Time);

        Assert.Equal(why, route.Error!.Code);
        Assert.Null(route.Target);
        Assert.Empty(route.Hops);
    }

    private static AgentDocument Far(string id, params (string Id, int Cost)[] neighbours) => new()
    {
        Id = id,
        Boot = 1,
        Seq = 1,
        Neighbours = [.. neighbours.Select(other => new DocumentNeighbour { Id = other.Id, Cost = other.Cost })],
    };
}
