using FsCheck;
using FsCheck.Fluent;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>Whatever happens to documents, the indexes say what a walk over all of them would.</summary>
public sealed class IndexAgreementTests
{
    private static readonly string[] _nodeNames = ["dns", "DNS", "cam"];
    private static readonly string?[] _agents = [null, "me", "a", "A", "b", "c", "nobody"];
    private static readonly MeshSelf _self = new() { Id = "me", Name = "kitchen", Network = "net", Boot = 100, Groups = [] };

    private static readonly Gen<NodeDescription[]> _nodes = (
        from name in Gen.Elements(_nodeNames)
        from state in Gen.Elements<string?>(null, "Ready", "Draining", "ready")
        from role in Gen.Elements<string?>(null, null, "client")
        select new NodeDescription { Name = name, State = state, Role = role }).ArrayOf().Resize(5);

    private static readonly Gen<Action<World>> _accepted =
        from id in Gen.Elements("a", "A", "b", "c", "d", "me")
        from name in Gen.Elements<string?>(null, "", "kitchen", "Kitchen", "a")
        from seq in Gen.Choose(1, 40)
        from left in Gen.Frequency((6, Gen.Constant<bool?>(null)), (1, Gen.Constant<bool?>(true)))
        from born in Gen.Elements<ulong?>(null, 1, 2)
        from nodes in _nodes
        select (Action<World>)(world => world.Accept(new AgentDocument { Id = id, Name = name, Boot = 1, Seq = (ulong)seq, Born = born, Left = left, Nodes = nodes }));

    private static readonly Gen<Action<World>> _marked =
        from reachable in Gen.Choose(0, 31)
        from told in Gen.Choose(0, 31)
        select (Action<World>)(world => world.Mark(reachable, reachable | told));

    private static readonly Gen<Action<World>> _change = Gen.Frequency(
        (8, _accepted),
        (6, _marked),
        (2, Gen.Elements(1, 30, 60, 700).Select(seconds => (Action<World>)(world => world.Pass(TimeSpan.FromSeconds(seconds))))),
        (2, _nodes.Select(nodes => (Action<World>)(world => world.Here.Set([.. nodes.DistinctBy(node => node.Name)])))));

    private static readonly Gen<(Action<World> Change, bool Look)[]> _lives = (
        from change in _change
        from look in Gen.Elements(true, true, false)
        select (change, look)).ArrayOf().Resize(40);

    [Fact]
    public void Indexes_AfterAnyChanges_AgreeWithAWalk() => Prop.ForAll(Arb.From(_lives), life =>
    {
        var world = new World();
        foreach ((Action<World> change, bool look) in life)
        {
            change(world);
            if (look)
            {
                world.AssertAgreement();
            }
        }

        world.AssertAgreement();
    }).Check(PropertyConfig.Tests(300));

    private sealed class World
    {
        private readonly DocumentStore _store = new("me", new MeshOptions { MostDocuments = 4 });
        private readonly NodeIndex _index;
        private readonly AgentNames _names;
        private readonly PlainWalk _walk;
        private TimeSpan _now;

        public World() => (_index, _names, _walk) = (new NodeIndex(_self, Here, _store), new AgentNames(_self, _store), new PlainWalk(_self, Here, _store));

        public LocalNodes Here { get; } = new();

        public void Accept(AgentDocument document) => _store.Accept(document, new MeshTime(_now, DateTimeOffset.UnixEpoch.AddYears(50)));

        /// <param name="reachable">A bit for each agent.</param>
        /// <param name="told">The same: others are told also of agents that can be reached in another life only.</param>
        public void Mark(int reachable, int told) => _store.Mark(id => Has(reachable, id), id => Has(told, id), _now);

        public void Pass(TimeSpan time) => _store.Expire(_now += time);

        public void AssertAgreement()
        {
            foreach (string name in _nodeNames)
            {
                MeshNode[] elsewhere = _walk.Elsewhere(name);
                Assert.Equal(elsewhere.Where(node => node.IsReady).OrderBy(node => node.Agent, StringComparer.Ordinal), _index.ReadyElsewhere(name).OrderBy(node => node.Agent, StringComparer.Ordinal));
                Assert.Equal(elsewhere.OrderBy(node => node.Agent, StringComparer.Ordinal), _index.AllElsewhere(name).OrderBy(node => node.Agent, StringComparer.Ordinal));
                Assert.Equal(_walk.HasHeardOf(name), _index.HasHeardOf(name));
                foreach (MeshAddress wanted in _agents.Select(agent => new MeshAddress(name, agent)))
                {
                    Assert.Equal(_walk.Has(wanted), _index.Has(wanted));
                    MeshNode[] ready = _walk.Ready(wanted);
                    MeshNode? found = _index.FindReady(wanted);
                    Assert.True(found is { } node ? ready.Contains(node) : ready.Length == 0, wanted.ToString());
                }
            }

            Assert.All((string[])["", "kitchen", "Kitchen", "a", "nobody"], agent => Assert.Equal(_walk.IdsOf(agent), _names.IdsOf(agent)));
        }

        private static bool Has(int agents, string id) => ((agents >> "aAbcd".IndexOf(id, StringComparison.Ordinal)) & 1) == 1;
    }
}
