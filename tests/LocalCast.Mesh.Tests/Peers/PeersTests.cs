using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Peers;

public sealed class PeersTests
{
    private const string Address = "ws://kitchen.example:46356";
    private readonly MeshPair _mesh = new();

    [Fact]
    public void AddPeer_IsDialledByItsNameAndAgainAfterAPause()
    {
        Assert.Null(_mesh.Machine.AddPeer("ws://Kitchen.example:46356/", _mesh.Time));
        _mesh.Pass(TimeSpan.FromMilliseconds(50));

        Assert.Equal(Address, Assert.Single(_mesh.Of<DialAddress>()).Address);
        Assert.Equal(PeerState.Dialling, Assert.Single(_mesh.Machine.Peers(_mesh.Time)).State);
        _mesh.Act(m => m.DialFailed(Address, new ErrorInfo(LocalCastError.Disconnected, "no such host"), _mesh.Time));
        PeerInfo waiting = Assert.Single(_mesh.Machine.Peers(_mesh.Time));
        Assert.Equal((PeerState.Waiting, true, 1, "no such host"), (waiting.State, waiting.IsConfigured, waiting.Failures, waiting.LastError));
        Assert.InRange(waiting.NextTryIn!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        _mesh.Pass(TimeSpan.FromSeconds(1.5));
        Assert.Equal([Address, Address], _mesh.Of<DialAddress>().Select(dial => dial.Address));
    }

    [Theory]
    [InlineData("kitchen")]
    [InlineData("ftp://kitchen")]
    [InlineData("ws://user@kitchen:1")]
    [InlineData("ws://kitchen:46356/foo")]
    [InlineData("ws://kitchen:99999")]
    [InlineData("")]
    public void AddPeer_NoAddress_IsBadRequest(string address) => Assert.Equal(LocalCastError.BadRequest, _mesh.Machine.AddPeer(address, _mesh.Time)?.Code);

    [Fact]
    public void AddPeer_WhileItIsBeingDialled_IsNotDialledTwice()
    {
        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromSeconds(1));

        Assert.Single(_mesh.Of<DialAddress>());
    }

    [Fact]
    public void Peers_Linked_ShowsWhoAndWhatPassed()
    {
        _mesh.JoinBack("a", Address);
        _mesh.Pass(TimeSpan.FromSeconds(3));

        PeerInfo peer = Assert.Single(_mesh.Machine.Peers(_mesh.Time));
        Assert.Equal(("a", Address, LinkDirection.Outbound, PeerState.Connected, true), (peer.Id, peer.Address, peer.Direction!.Value, peer.State, peer.IsConfigured));
        Assert.Equal(TimeSpan.FromSeconds(3), peer.OpenFor);
        Assert.NotNull(peer.RoundTrip);
        Assert.InRange(peer.Counters.Received, 1, 5);
        Assert.InRange(peer.Counters.ReceivedBytes, 100, 2000);
        Assert.InRange(peer.Counters.SentBytes, 100, 2000);
    }

    [Theory]
    [InlineData(Address)]
    [InlineData("a")]
    [InlineData("kitchen.example:46356")]
    public void RemovePeer_ClosesWithAReasonAndIsNotDialledAgainUntilAdded(string peer)
    {
        _mesh.JoinBack("a", Address);
        _mesh.Effects.Clear();

        Assert.True(_mesh.Machine.RemovePeer(peer, _mesh.Time));
        _mesh.Pass(TimeSpan.FromMinutes(3));

        Assert.Contains("removed", Assert.Single(_mesh.Of<CloseLink>()).Reason.Message, StringComparison.Ordinal);
        Assert.Empty(_mesh.Of<DialAddress>());
        Assert.Empty(_mesh.Machine.Peers(_mesh.Time));
        Assert.False(_mesh.Machine.Book.AddLearnt(Address, "b"));
        Assert.False(_mesh.Machine.RemovePeer(peer, _mesh.Time));

        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        Assert.Single(_mesh.Of<DialAddress>());
    }

    [Fact]
    public void RemovePeer_WhileItIsBeingDialled_TheLinkIsClosedWhenItComes()
    {
        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Machine.RemovePeer(Address, _mesh.Time);

        _mesh.Act(m => m.LinkOpened(9, LinkDirection.Outbound, Address, null, _mesh.Time));

        Assert.Equal(9, Assert.Single(_mesh.Of<CloseLink>()).Link);
    }

    [Fact]
    public void Misbehaviour_OfAPeerThatAPersonChose_IsNoBan_UntilItIsRemoved()
    {
        _mesh.JoinBack("a", Address);

        Assert.False(_mesh.Machine.Ledger.Add("a", MisbehaviourLedger.Limit, _mesh.Time.Wall));
        _mesh.Machine.RemovePeer("a", _mesh.Time);
        Assert.True(_mesh.Machine.Ledger.Add("a", MisbehaviourLedger.Limit, _mesh.Time.Wall));
    }

    [Fact]
    public void WhyPeer_SaysHowItStandsAndWhatHappened()
    {
        Assert.Contains("nothing is known", _mesh.Machine.WhyPeer("a", _mesh.Time).Summary, StringComparison.Ordinal);
        _mesh.JoinBack("a", Address);
        Assert.StartsWith("linked", _mesh.Machine.WhyPeer(Address, _mesh.Time).Summary, StringComparison.Ordinal);
        _mesh.End("a");
        _mesh.Pass(TimeSpan.FromSeconds(0.1));

        PeerReport report = _mesh.Machine.WhyPeer("a", _mesh.Time);
        Assert.Equal("cut", Assert.Single(report.Events).Reason.Message);
        Assert.Contains("cut", report.Summary, StringComparison.Ordinal);
        Assert.Null(report.Path);
        _mesh.Machine.RemovePeer("a", _mesh.Time);
        _mesh.Machine.Ledger.Add("a", MisbehaviourLedger.Limit, _mesh.Time.Wall);
        Assert.StartsWith("banned until", _mesh.Machine.WhyPeer("a", _mesh.Time).Summary, StringComparison.Ordinal);
    }

    /// <summary>The peer has another link with this agent's id: that does not pass by itself.</summary>
    [Fact]
    public void Peers_RefusedBecauseTheIdIsTaken_IsRefusedWithTheReason()
    {
        Assert.Null(_mesh.Machine.AddPeer(Address, _mesh.Time));
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Act(m => m.LinkOpened(5, LinkDirection.Outbound, Address, null, _mesh.Time));
        Envelope goodbye = MeshMessage.Goodbye(new ErrorInfo(LocalCastError.DuplicateNode, "another living agent with the id 'me' is linked already; give one of the two another (--node-id)"));
        _mesh.Act(m => m.Received(5, goodbye, 100, _mesh.Time));

        PeerInfo peer = Assert.Single(_mesh.Machine.Peers(_mesh.Time));
        Assert.Equal((PeerState.Refused, 1), (peer.State, peer.Failures));
        Assert.Contains("--node-id", peer.LastError, StringComparison.Ordinal);
        Assert.InRange(peer.NextTryIn!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.StartsWith("refused, dialled again in", _mesh.Machine.WhyPeer(Address, _mesh.Time).Summary, StringComparison.Ordinal);
    }

    /// <summary>As errors print addresses.</summary>
    [Fact]
    public void WhyPeer_AddressWithoutItsScheme_IsKnown()
    {
        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Act(m => m.DialFailed(Address, new ErrorInfo(LocalCastError.Disconnected, "nobody listens at kitchen.example:46356"), _mesh.Time));

        PeerReport report = _mesh.Machine.WhyPeer("Kitchen.example:46356", _mesh.Time);

        Assert.Equal(Address, Assert.Single(report.Peers).Address);
        Assert.Contains("nobody listens", report.Summary, StringComparison.Ordinal);
    }

    /// <summary>The agent was behind a neighbour that is gone: this is what NoRoute makes people ask.</summary>
    [Theory]
    [InlineData("b")]
    [InlineData("cellar")]
    public void WhyPeer_AgentThatCannotBeReachedAnyMore_IsKnownAndSaysSo(string peer)
    {
        _mesh.Join("a", neighbours: ["b"]);
        _mesh.SayDocument("a", new AgentDocument { Id = "b", Name = "cellar", Boot = 1, Seq = 1, Neighbours = [new DocumentNeighbour { Id = "a", Cost = 1000 }] });
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Assert.StartsWith("no link; reached through 'a'", _mesh.Machine.WhyPeer(peer, _mesh.Time).Summary, StringComparison.Ordinal);
        _mesh.End("a");
        _mesh.Pass(TimeSpan.FromSeconds(1));

        PeerReport report = _mesh.Machine.WhyPeer(peer, _mesh.Time);

        Assert.True(report.IsKnown);
        Assert.Equal("no link, and no way over others: the agent 'b' is known, but no link leads to it now", report.Summary);
        Assert.False(_mesh.Machine.WhyPeer("nobody", _mesh.Time).IsKnown);
    }

    /// <summary>What happened to it long ago is no reason why it cannot be reached now.</summary>
    [Fact]
    public void WhyPeer_AgentThatCannotBeReachedAndFailedBefore_SaysBothAndWhen()
    {
        _mesh.Join("a");
        _mesh.End("a");
        _mesh.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal("no link, and no way over others: the agent 'a' is known, but no link leads to it now; last, 5 s ago: Disconnected: cut", _mesh.Machine.WhyPeer("a", _mesh.Time).Summary);
    }

    /// <summary>Two addresses of one agent: the second waits for as long as the link by the first is there.</summary>
    [Fact]
    public void AddPeer_SecondAddressOfALinkedAgent_IsNotDialledWhileTheLinkIsThere()
    {
        const string Second = "ws://localhost:46356";
        RefuseSecond(Second);

        _mesh.Pass(TimeSpan.FromSeconds(30));

        Assert.Empty(_mesh.Of<DialAddress>());
        Assert.Equal(Address, Assert.Single(_mesh.Machine.Peers(_mesh.Time)).Address);
        Assert.StartsWith("linked", _mesh.Machine.WhyPeer(Second, _mesh.Time).Summary, StringComparison.Ordinal);
        _mesh.End("a");
        _mesh.Pass(TimeSpan.FromSeconds(3));
        Assert.Contains(_mesh.Of<DialAddress>(), dial => dial.Address == Second);
    }

    /// <summary>The agent has moved, and is linked by its new address; who has the old one now is reachable by it only.</summary>
    [Fact]
    public void AddPeer_AddressOfWhoIsLinkedByAnother_IsTriedOnceInTheLongestPause()
    {
        const string Second = "ws://localhost:46356";
        RefuseSecond(Second);

        _mesh.Pass(TimeSpan.FromSeconds(65));

        Assert.Equal(Second, Assert.Single(_mesh.Of<DialAddress>()).Address);
    }

    /// <summary>Whose second address it is, nobody but the refusal says.</summary>
    [Fact]
    public void RemovePeer_SecondAddressOfALinkedAgent_LeavesTheLink()
    {
        const string Second = "ws://localhost:46356";
        RefuseSecond(Second);

        Assert.True(_mesh.Machine.RemovePeer(Second, _mesh.Time));

        Assert.Equal(LinkStage.Open, Assert.Single(_mesh.Machine.Links).Stage);
        Assert.False(_mesh.Machine.Book.IsBlocked(Address));
        Assert.True(_mesh.Machine.Book.IsBlocked(Second));
    }

    private void RefuseSecond(string second)
    {
        _mesh.JoinBack("a", Address);
        _mesh.Machine.AddPeer(second, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Act(m => m.LinkOpened(77, LinkDirection.Outbound, second, null, _mesh.Time));
        Envelope goodbye = MeshMessage.Goodbye(new ErrorInfo(LocalCastError.DuplicateNode, "another link between the two agents stays")) with { From = "a" };
        _mesh.Act(m => m.Received(77, goodbye, 100, _mesh.Time));
        _mesh.Effects.Clear();
    }

    /// <summary>Who refuses and claims to be an agent that this one has no link to, is asked again like any.</summary>
    [Fact]
    public void AddPeer_RefusedByOneThatIsNotLinked_IsDialledAgain()
    {
        _mesh.Machine.AddPeer(Address, _mesh.Time);
        _mesh.Pass(TimeSpan.FromMilliseconds(50));
        _mesh.Act(m => m.LinkOpened(77, LinkDirection.Outbound, Address, null, _mesh.Time));
        _mesh.Act(m => m.Received(77, MeshMessage.Goodbye(new ErrorInfo(LocalCastError.DuplicateNode, "no")) with { From = "a" }, 100, _mesh.Time));
        _mesh.Effects.Clear();

        _mesh.Pass(TimeSpan.FromSeconds(3));

        Assert.NotEmpty(_mesh.Of<DialAddress>());
    }

    [Fact]
    public void WhyPeer_RefusedForAnotherNetwork_SaysSo()
    {
        _mesh.Machine.LinkOpened(5, LinkDirection.Inbound, "ws://10.0.0.9:5", null, _mesh.Time);
        var hello = new LinkHello { Protocol = [1, 1], Network = "other", Id = "stranger", Boot = 1, Time = _mesh.Time.Wall };
        _mesh.Machine.Received(5, MeshMessage.Of(MessageType.Hello, hello, MeshJson.Default.LinkHello), 100, _mesh.Time);

        Assert.Equal(LocalCastError.NetworkMismatch, Assert.Single(_mesh.Machine.WhyPeer("stranger", _mesh.Time).Events).Reason.Code);
    }
}
