using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests;

/// <summary>When a machine wants to be told the time. That nothing is missed in between is what the simulation shows: its agents tick by this alone.</summary>
public sealed class NextDueTests
{
    private readonly MeshPair _mesh = new();

    [Fact]
    public void AtRest_OnceASecond()
    {
        _mesh.Join("a");
        _mesh.Pass(TimeSpan.FromSeconds(5));

        int ticks = 0;
        for (TimeSpan end = _mesh.Now + TimeSpan.FromSeconds(20); _mesh.Machine.NextDue <= end; ticks++)
        {
            Assert.True(_mesh.Machine.NextDue > _mesh.Now);
            _mesh.PassTo(_mesh.Machine.NextDue);
        }

        Assert.InRange(ticks, 20, 23); // a digest, perhaps
    }

    [Fact]
    public void Call_EndsAtItsDeadline()
    {
        _mesh.Join("a", [new NodeDescription { Name = "n" }]);
        _mesh.Act(machine => machine.Call(1, new Envelope { Type = MessageType.Call, From = "me", To = "n", DeadlineMs = 333 }, _mesh.Time));
        TimeSpan deadline = _mesh.Now + TimeSpan.FromMilliseconds(333);

        Assert.InRange(_mesh.Machine.NextDue, TimeSpan.Zero, deadline);
        while (_mesh.Of<AnswerRequest>().Length == 0)
        {
            _mesh.PassTo(_mesh.Machine.NextDue);
            Assert.InRange(_mesh.Now, TimeSpan.Zero, deadline);
        }

        Assert.Equal((deadline, LocalCastError.Timeout), (_mesh.Now, _mesh.Of<AnswerRequest>()[0].Answer.Error!.Code));
    }

    [Fact]
    public void NodesChanged_IsToldAtOnce()
    {
        _mesh.Join("a");
        _mesh.Pass(TimeSpan.FromSeconds(5));
        Assert.True(_mesh.Machine.NextDue > _mesh.Now);

        _mesh.Act(machine => machine.SetNodes([new NodeDescription { Name = "n" }], _mesh.Time));

        Assert.True(_mesh.Machine.NextDue <= _mesh.Now);
        _mesh.Act(machine => machine.Tick(_mesh.Time));
        Assert.True(_mesh.Machine.NextDue > _mesh.Now);
    }

    [Fact]
    public void PeerAdded_IsDialledAtOnce_AndAgainAfterItsPause()
    {
        _mesh.Pass(TimeSpan.FromSeconds(5));
        _mesh.Act(machine => machine.AddPeer("ws://b:1", _mesh.Time));
        Assert.True(_mesh.Machine.NextDue <= _mesh.Now);

        _mesh.Act(machine => machine.Tick(_mesh.Time));
        Assert.Single(_mesh.Of<DialAddress>());
        _mesh.Act(machine => machine.DialFailed("ws://b:1", new ErrorInfo(LocalCastError.Disconnected, "nobody"), _mesh.Time));
        TimeSpan begin = _mesh.Now;
        while (_mesh.Of<DialAddress>().Length == 1)
        {
            _mesh.PassTo(_mesh.Machine.NextDue);
        }

        Assert.InRange(_mesh.Now - begin, TimeSpan.Zero, TimeSpan.FromSeconds(1)); // full jitter of a second
    }
}
