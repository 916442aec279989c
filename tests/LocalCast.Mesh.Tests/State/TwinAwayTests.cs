using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

/// <summary>An agent that left to another one with its id: what it does meanwhile, and how it comes back.</summary>
public sealed class TwinAwayTests
{
    private readonly TwinScene _scene = new();

    [Fact]
    public void Away_LinksAreRefused_NothingIsDialled_AndCallsSayWhy()
    {
        _scene.Mesh.Machine.AddPeer("ws://kitchen.example:1", _scene.Mesh.Time);
        _scene.Mesh.Pass(TimeSpan.FromMilliseconds(50));
        _scene.OutbidUntilAway(TwinScene.Elder);
        _scene.Mesh.Effects.Clear();

        _scene.Mesh.Act(m => m.LinkOpened(90, LinkDirection.Outbound, "ws://kitchen.example:1", null, _scene.Mesh.Time)); // it was under way
        _scene.Mesh.Join("c");
        _scene.Mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@b" }, _scene.Mesh.Time));
        _scene.Mesh.Act(m => m.Call(2, new Envelope { Type = MessageType.Call, To = "echo" }, _scene.Mesh.Time));
        _scene.Mesh.Pass(TimeSpan.FromSeconds(30));

        Assert.Equal(2, _scene.Mesh.Of<CloseLink>().Count(close => close.Reason.Code == LocalCastError.DuplicateNode));
        Assert.Empty(_scene.Mesh.Of<DialAddress>());
        Assert.Empty(_scene.Mesh.Machine.Links);
        Assert.Equal([LocalCastError.DuplicateNode, LocalCastError.DuplicateNode], _scene.Mesh.Of<AnswerRequest>().Select(answer => answer.Answer.Error!.Code));
        Assert.Contains("older", _scene.Mesh.Machine.WhyPeer("b", _scene.Mesh.Time).Summary, StringComparison.Ordinal);
        Assert.Equal(PeerState.Away, _scene.Mesh.Machine.Peers(_scene.Mesh.Time)[0].State);
    }

    [Fact]
    public void Back_ElderIsStillThere_LeavesAgainWithoutOutbiddingIt_AndForLonger()
    {
        _scene.OutbidUntilAway(TwinScene.Elder);
        foreach ((double least, double most) in (ReadOnlySpan<(double, double)>)[(48, 72), (96, 144), (192, 288), (384, 576), (480, 720), (480, 720)])
        {
            TimeSpan pause = _scene.Mesh.Machine.Peers(_scene.Mesh.Time)[0].NextTryIn!.Value;
            Assert.InRange(pause.TotalSeconds, least, most);
            _scene.Mesh.Pass(pause + TimeSpan.FromSeconds(0.1));
            Assert.Null(_scene.Mesh.Machine.WhyAway);
            long risen = _scene.Mesh.Machine.Events["own_id_elsewhere"];
            _scene.Relink();
            _scene.Say(TwinScene.Elder, _scene.Last.Seq);
            _scene.Mesh.Pass(TimeSpan.FromMilliseconds(100));
            Assert.NotNull(_scene.Mesh.Machine.WhyAway);
            Assert.Equal(risen, _scene.Mesh.Machine.Events["own_id_elsewhere"]);
        }
    }

    [Fact]
    public void Back_ElderIsGone_StaysAndOutbidsWhatIsLeftOfIt()
    {
        _scene.OutbidUntilAway(TwinScene.Elder);
        _scene.Mesh.Pass(_scene.Mesh.Machine.Peers(_scene.Mesh.Time)[0].NextTryIn!.Value + TimeSpan.FromSeconds(0.1));
        _scene.Relink();
        _scene.TellOfVoucher(_scene.SeqOfVoucher + 1, namesMe: false);
        _scene.Say(TwinScene.Elder, _scene.Last.Seq);
        _scene.Mesh.Pass(TimeSpan.FromSeconds(10));

        Assert.Null(_scene.Mesh.Machine.WhyAway);
        Assert.True(_scene.Own.Version > _scene.Last);
        Assert.Equal(1, _scene.Mesh.Machine.Events["came_back"]);
    }

    [Fact]
    public void PeerAdd_TriesAtOnce()
    {
        _scene.OutbidUntilAway(TwinScene.Elder);
        _scene.Mesh.Effects.Clear();

        Assert.Null(_scene.Mesh.Machine.AddPeer("ws://kitchen.example:1", _scene.Mesh.Time));
        _scene.Mesh.Pass(TimeSpan.FromMilliseconds(50));

        Assert.Null(_scene.Mesh.Machine.WhyAway);
        Assert.Single(_scene.Mesh.Of<DialAddress>());
        _scene.Relink();
        _scene.OutbidUntilAway(TwinScene.Elder);
        Assert.InRange(_scene.Mesh.Machine.Peers(_scene.Mesh.Time)[0].NextTryIn!.Value.TotalSeconds, 48, 72); // somebody changed something: it begins anew
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeavingForGood_WhileAnotherHasTheId_IsNotToldInItsName(bool isAway)
    {
        if (isAway)
        {
            _scene.OutbidUntilAway(TwinScene.Elder);
        }
        else
        {
            _scene.Outbid(TwinScene.Younger, TimeSpan.FromSeconds(3));
        }

        _scene.Mesh.Act(m => m.Leave(_scene.Mesh.Time));

        Assert.Null(_scene.Own.Left);
        Assert.Empty(_scene.Mesh.Machine.Links);
    }

    [Fact]
    public void LeavingForGood_Alone_IsTold()
    {
        _scene.Mesh.Act(m => m.Leave(_scene.Mesh.Time));

        Assert.True(_scene.Own.Left);
    }
}
