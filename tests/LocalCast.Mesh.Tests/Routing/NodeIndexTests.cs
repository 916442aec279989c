using LocalCast.Mesh.Tests.State;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class NodeIndexTests
{
    private static readonly MeshTime _time = new(TimeSpan.Zero, new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private static readonly MeshSelf _self = new() { Id = "me", Name = "kitchen", Network = "net", Boot = 100, Groups = [] };
    private readonly DocumentStore _store = new("me", new MeshOptions());
    private readonly LocalNodes _here = new();
    private readonly NodeIndex _nodes;
    private readonly AgentNames _names;
    private ulong _seq;

    public NodeIndexTests() => (_nodes, _names) = (new NodeIndex(_self, _here, _store), new AgentNames(_self, _store));

    [Fact]
    public void FindReady_ThisAgentHasIt_IsThatOne()
    {
        Tell("a", Node("dns"));
        _here.Set([Node("dns")]);

        Assert.Equal("me", _nodes.FindReady(new("dns", null))?.Agent);
        Assert.Equal("a", _nodes.FindReady(new("dns", "a"))?.Agent);
        Assert.Equal(["a"], _nodes.ReadyElsewhere("dns").Select(node => node.Agent));
    }

    [Fact]
    public void FindReady_TheFirstIsNotReady_IsOneThatIs()
    {
        Tell("a", Node("dns", "Draining"));
        Assert.Null(_nodes.FindReady(new("dns", null)));
        Assert.True(_nodes.Has(new("dns", null)));

        Tell("b", Node("dns"));

        Assert.Equal("b", _nodes.FindReady(new("dns", null))?.Agent);
        Assert.Null(_nodes.FindReady(new("dns", "a")));
    }

    [Fact]
    public void FindReady_DocumentsOrTheNodesHereChange_IsAsTheyAreNow()
    {
        Assert.Null(_nodes.FindReady(new("dns", null)));
        Tell("a", Node("dns"));
        Assert.Equal("a", _nodes.FindReady(new("dns", null))?.Agent);
        _here.Set([Node("dns")]);
        Assert.Equal("me", _nodes.FindReady(new("dns", null))?.Agent);
        _here.Set([]);
        Assert.Equal("a", _nodes.FindReady(new("dns", null))?.Agent);

        _store.Mark(_ => false, TimeSpan.Zero); // no way leads there any more

        Assert.False(_nodes.Has(new("dns", null)));
        Assert.True(_nodes.HasHeardOf("dns"));
        _store.Expire(TimeSpan.FromDays(1));
        Assert.False(_nodes.HasHeardOf("dns"));
    }

    [Fact]
    public void IdsOf_SeveralBearTheName_AreInOrderAndThisAgentAmongThem()
    {
        Tell("z", "kitchen");
        Tell("a", "kitchen");
        Tell("b", "attic");

        Assert.Equal(["a", "me", "z"], _names.IdsOf("kitchen"));
        Assert.Equal(["b"], _names.IdsOf("attic"));
        Assert.Empty(_names.IdsOf("nobody"));
    }

    [Fact]
    public void IdsOf_NothingChanged_IsNotMadeAnew()
    {
        Tell("b", "attic");
        IReadOnlyList<string> before = _names.IdsOf("attic");
        Assert.Same(before, _names.IdsOf("attic"));

        Tell("c", "attic");

        Assert.Equal(["b", "c"], _names.IdsOf("attic"));
    }

    private static NodeDescription Node(string name, string state = "Ready") => new() { Name = name, State = state };

    private void Tell(string id, string name) => Accept(new AgentDocument { Id = id, Name = name, Boot = 1, Seq = ++_seq });

    private void Tell(string id, params NodeDescription[] nodes) => Accept(new AgentDocument { Id = id, Boot = 1, Seq = ++_seq, Nodes = nodes });

    private void Accept(AgentDocument document)
    {
        Assert.Equal(DocumentVerdict.Accepted, _store.Accept(document, _time));
        _store.Mark(_ => true, TimeSpan.Zero);
    }
}
