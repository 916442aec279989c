using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

/// <summary>
/// Another agent with this one's id, "me", as its only neighbour "b" tells of it: "d", behind b, says that it has a link to an agent "me", which is none of this one's.
/// </summary>
public sealed class TwinTests
{
    private const ulong Born = 1_000_500;
    private const ulong Elder = 1_000_200;
    private const ulong Younger = 1_000_800;
    private readonly MeshPair _mesh = new(born: Born);
    private DocumentVersion _last;
    private ulong _seqOfVoucher;

    public TwinTests()
    {
        _mesh.Join("b", [new NodeDescription { Name = "echo", State = "Ready" }], neighbours: ["d"]);
        TellOfVoucher(1);
    }

    private AgentDocument Own => _mesh.Machine.Documents.First();

    [Fact]
    public void ElderThatOutbidsAgainAndAgain_WithAVoucher_IsLeftTo()
    {
        _mesh.Act(m => m.Call(9, new Envelope { Type = MessageType.Call, To = "echo@b", DeadlineMs = 30_000 }, _mesh.Time));

        TimeSpan took = OutbidUntilAway(Elder);

        Assert.InRange(took, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        ErrorInfo goodbye = MeshMessage.ReasonOf(Assert.Single(_mesh.TakeAll("b"), message => message.Type == MessageType.Goodbye));
        Assert.Equal(LocalCastError.DuplicateNode, goodbye.Code);
        Assert.Contains("--node-id", goodbye.Message, StringComparison.Ordinal);
        MeshNotice notice = Assert.Single(_mesh.Of<MeshNotice>(), notice => notice.Name == "withdrew");
        Assert.Equal(("me", true), (notice.Peer, notice.IsGrave));
        Assert.Equal(1, _mesh.Machine.Events["withdrew"]);
        Assert.Null(Own.Left);
        Assert.Empty(_mesh.Machine.Links);
        Assert.Equal(LocalCastError.Disconnected, Assert.Single(_mesh.Of<AnswerRequest>(), answer => answer.Request == 9).Answer.Error!.Code);
        Assert.Contains(_mesh.Of<AgentChanged>(), change => change is { Agent: "b", Document: null });
    }

    /// <summary>The last word that others hear of is the elder's: nothing of this agent's is above it.</summary>
    [Fact]
    public void Withdrawing_LeavesTheElderTheLastWord_AndWritesNothingMeanwhile()
    {
        OutbidUntilAway(Elder);
        DocumentVersion last = _last;

        for (int i = 0; i < 100; i++)
        {
            _mesh.Act(m => m.SetNodes([new NodeDescription { Name = $"n{i}" }], _mesh.Time));
            _mesh.Pass(TimeSpan.FromMilliseconds(250));
        }

        Assert.True(last > Own.Version);
        Assert.InRange(_mesh.Machine.NextDue, _mesh.Now + TimeSpan.FromMilliseconds(500), _mesh.Now + TimeSpan.FromSeconds(1)); // at rest as ever
    }

    [Fact]
    public void ElderWithoutAVoucher_IsNotLeftTo()
    {
        TellOfVoucher(2, namesMe: false);
        Outbid(Elder, TimeSpan.FromSeconds(10));

        Assert.Null(_mesh.Machine.WhyAway);
        Assert.InRange(_mesh.Machine.Events["own_id_elsewhere"], 8, 12);
        Assert.InRange(_mesh.Of<MeshNotice>().Count(notice => notice.Name == "own_id_elsewhere"), 1, 5); // counted each time, told ever more seldom
        Assert.NotEmpty(_mesh.Machine.Links);
    }

    /// <summary>Others that an honest agent has to do with: itself, in this or in its former life, one that is gone, one that will leave.</summary>
    [Theory]
    [InlineData(Born, false)]
    [InlineData(Younger, false)]
    [InlineData(Elder, true)]
    public void NoElderThatLives_IsNotLeftTo(ulong born, bool hasLeft)
    {
        Outbid(born, TimeSpan.FromSeconds(10), hasLeft);

        Assert.Null(_mesh.Machine.WhyAway);
        Assert.True(Own.Version > _last);
    }

    [Fact]
    public void EchoOfAFormerLife_IsOutbidOnce()
    {
        Say(Elder, Own.Version.Seq + 7);
        _mesh.Pass(TimeSpan.FromSeconds(10));

        Assert.Null(_mesh.Machine.WhyAway);
        Assert.Equal(1, _mesh.Machine.Events["own_id_elsewhere"]);
        Assert.True(Own.Version > _last);
    }

    [Fact]
    public void AgentThatDoesNotSayItsBirth_CountsAsTheElder() => Assert.InRange(OutbidUntilAway(null), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));

    /// <summary>What it says of its links may still be about that one.</summary>
    [Fact]
    public void VoucherThatWasANeighbourLately_DoesNotCount()
    {
        _mesh.Join("d", neighbours: ["b"]);
        Outbid(Elder, TimeSpan.FromSeconds(5));
        Assert.Null(_mesh.Machine.WhyAway); // it means this agent
        _mesh.End("d");
        Outbid(Elder, TimeSpan.FromSeconds(5));
        Assert.Null(_mesh.Machine.WhyAway);
        _mesh.Pass(PastNeighbours.Remembered);
        Relink(); // b was silent meanwhile

        OutbidUntilAway(Elder);
    }

    /// <summary>Whoever tells of versions, one after the other, and gives no document, does not keep this agent from going above them.</summary>
    [Fact]
    public void VersionsWithoutDocuments_AreOutbidAllTheSame()
    {
        for (int i = 0; i < 100; i++)
        {
            StateSeqEntry entry = new() { Id = "me", Boot = Own.Boot, Seq = Own.Seq + 5000 };
            _mesh.Say("b", StateNews.MessageOf([entry]));
            _mesh.Pass(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(_mesh.Machine.Events["own_id_elsewhere"], 4, 11);
        Assert.Null(_mesh.Machine.WhyAway);
    }

    [Fact]
    public void Away_LinksAreRefused_NothingIsDialled_AndCallsSayWhy()
    {
        _mesh.Machine.AddPeer("ws://kitchen.example:1", _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        OutbidUntilAway(Elder);
        _mesh.Effects.Clear();

        _mesh.Act(m => m.LinkOpened(90, LinkDirection.Outbound, "ws://kitchen.example:1", null, _mesh.Time)); // it was under way
        _mesh.Join("c");
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@b" }, _mesh.Time));
        _mesh.Act(m => m.Call(2, new Envelope { Type = MessageType.Call, To = "echo" }, _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(30));

        Assert.Equal(2, _mesh.Of<CloseLink>().Count(close => close.Reason.Code == LocalCastError.DuplicateNode));
        Assert.Empty(_mesh.Of<DialAddress>());
        Assert.Empty(_mesh.Machine.Links);
        Assert.Equal([LocalCastError.DuplicateNode, LocalCastError.DuplicateNode], _mesh.Of<AnswerRequest>().Select(answer => answer.Answer.Error!.Code));
        Assert.Contains("older", _mesh.Machine.WhyPeer("b", _mesh.Time).Summary, StringComparison.Ordinal);
        Assert.Equal(PeerState.Away, _mesh.Machine.Peers(_mesh.Time)[0].State);
    }

    [Fact]
    public void Back_ElderIsStillThere_LeavesAgainWithoutOutbiddingIt_AndForLonger()
    {
        OutbidUntilAway(Elder);
        foreach ((double least, double most) in (ReadOnlySpan<(double, double)>)[(48, 72), (96, 144), (192, 288), (384, 576), (480, 720), (480, 720)])
        {
            TimeSpan pause = _mesh.Machine.Peers(_mesh.Time)[0].NextTryIn!.Value;
            Assert.InRange(pause.TotalSeconds, least, most);
            _mesh.Pass(pause + TimeSpan.FromSeconds(0.1));
            Assert.Null(_mesh.Machine.WhyAway);
            long risen = _mesh.Machine.Events["own_id_elsewhere"];
            Relink();
            Say(Elder, _last.Seq);
            _mesh.Pass(TimeSpan.FromMilliseconds(100));
            Assert.NotNull(_mesh.Machine.WhyAway);
            Assert.Equal(risen, _mesh.Machine.Events["own_id_elsewhere"]);
        }
    }

    [Fact]
    public void Back_ElderIsGone_StaysAndOutbidsWhatIsLeftOfIt()
    {
        OutbidUntilAway(Elder);
        _mesh.Pass(_mesh.Machine.Peers(_mesh.Time)[0].NextTryIn!.Value + TimeSpan.FromSeconds(0.1));
        Relink();
        TellOfVoucher(_seqOfVoucher + 1, namesMe: false);
        Say(Elder, _last.Seq);
        _mesh.Pass(TimeSpan.FromSeconds(10));

        Assert.Null(_mesh.Machine.WhyAway);
        Assert.True(Own.Version > _last);
        Assert.Equal(1, _mesh.Machine.Events["came_back"]);
    }

    [Fact]
    public void PeerAdd_TriesAtOnce()
    {
        OutbidUntilAway(Elder);
        _mesh.Effects.Clear();

        Assert.Null(_mesh.Machine.AddPeer("ws://kitchen.example:1", _mesh.Time));
        _mesh.Pass(TimeSpan.FromMilliseconds(50));

        Assert.Null(_mesh.Machine.WhyAway);
        Assert.Single(_mesh.Of<DialAddress>());
        Relink();
        OutbidUntilAway(Elder);
        Assert.InRange(_mesh.Machine.Peers(_mesh.Time)[0].NextTryIn!.Value.TotalSeconds, 48, 72); // somebody changed something: it begins anew
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LeavingForGood_WhileAnotherHasTheId_IsNotToldInItsName(bool isAway)
    {
        if (isAway)
        {
            OutbidUntilAway(Elder);
        }
        else
        {
            Outbid(Younger, TimeSpan.FromSeconds(3));
        }

        _mesh.Act(m => m.Leave(_mesh.Time));

        Assert.Null(Own.Left);
        Assert.Empty(_mesh.Machine.Links);
    }

    [Fact]
    public void LeavingForGood_Alone_IsTold()
    {
        _mesh.Act(m => m.Leave(_mesh.Time));

        Assert.True(Own.Left);
    }

    private void TellOfVoucher(ulong seq, bool namesMe = true)
    {
        _seqOfVoucher = seq;
        string[] neighbours = namesMe ? ["b", "me"] : ["b"];
        _mesh.SayDocument("b", new AgentDocument { Id = "d", Boot = 1, Seq = seq, Neighbours = [.. neighbours.Select(id => new DocumentNeighbour { Id = id, Cost = 1000 })] });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));
    }

    private void Relink()
    {
        _mesh.Join("b", neighbours: ["d"]);
        TellOfVoucher(_seqOfVoucher + 1);
    }

    private void Say(ulong? born, ulong seq, bool hasLeft = false)
    {
        _last = new DocumentVersion(Own.Boot, seq);
        _mesh.SayDocument("b", new AgentDocument { Id = "me", Boot = _last.Boot, Seq = seq, Born = born, Left = hasLeft ? true : null, Neighbours = [new DocumentNeighbour { Id = "d", Cost = 1000 }] });
    }

    /// <summary>The other one answers each version of this agent's with a newer one.</summary>
    private void Outbid(ulong? born, TimeSpan time, bool hasLeft = false)
    {
        for (TimeSpan end = _mesh.Now + time; _mesh.Now < end && _mesh.Machine.WhyAway is null;)
        {
            if (!(_last > Own.Version))
            {
                Say(born, Own.Seq + 100, hasLeft);
            }

            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        if (_mesh.Machine.WhyAway is null)
        {
            _mesh.Pass(TimeSpan.FromSeconds(1.1)); // this agent has the last word
        }
    }

    private TimeSpan OutbidUntilAway(ulong? born)
    {
        TimeSpan begin = _mesh.Now;
        Outbid(born, TimeSpan.FromSeconds(10));
        Assert.NotNull(_mesh.Machine.WhyAway);
        return _mesh.Now - begin;
    }
}
