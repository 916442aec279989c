using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>What others are told of this machine's participants is never older than the last tick that went well.</summary>
public sealed class OwnNodesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Exception> _failures = [];
    private readonly MeshDriver _driver;
    private readonly OwnNodes _nodes;
    private Func<IReadOnlyList<NodeDescription>> _describe = () => [];
    private int _described;

    public OwnNodesTests()
    {
        var random = new Random(1);
        var machine = new MeshMachine(new MeshSelf { Id = "here", Name = "here", Network = "test", Boot = 1 }, new MeshOptions(), new AddressBook(random), new MisbehaviourLedger(), random);
        _driver = new MeshDriver(machine, _time) { Failed = _failures.Add };
        _nodes = new OwnNodes(_driver, () =>
        {
            _described++;
            return _describe();
        });
        _driver.Ticking = _nodes.TellIfChanged;
        _driver.Start();
    }

    [Fact]
    public void Changed_SeveralTimes_IsDescribedOnceAndSoon()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _described); // that there are none

        _nodes.Changed();
        _nodes.Changed();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(2, _described);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, _described);

        _nodes.Changed();
        _time.Advance(TimeSpan.FromMilliseconds(60));

        Assert.Equal(3, _described);
    }

    [Fact]
    public void Describing_Fails_IsTriedAgainWithTheNextTick()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _describe = () => throw new InvalidOperationException("a defect");
        _nodes.Changed();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal("a defect", Assert.Single(_failures).Message);

        _describe = () => [new NodeDescription { Name = "dns", State = "Ready" }];
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(3, _described);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, _described); // once is enough
        Assert.True(KnowsDns());
    }

    private bool KnowsDns()
    {
        bool isHere = false;
        _driver.Perform = effect => isHere |= effect is AnswerRequest { Request: 7, Answer.Error: null };
        _driver.Do(0, static (machine, _, now) => machine.Require(7, ["dns"], now.Now + TimeSpan.FromSeconds(1), now));
        return isHere;
    }
}
