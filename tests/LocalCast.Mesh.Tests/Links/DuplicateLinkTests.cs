using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class DuplicateLinkTests
{
    /// <summary>Every order in which the four frames of two handshakes can arrive, if both hellos are under way before either is answered.</summary>
    [Theory]
    [InlineData("ABab")]
    [InlineData("BAba")]
    [InlineData("ABba")]
    [InlineData("BAab")]
    public void SimultaneousDialling_AnyOrder_KeepsTheLinkOfTheSmallerId(string order)
    {
        (Wire ofA, Wire ofB) = DialEachOther(order);

        Assert.Equal((LinkStage.Open, LinkStage.Open), (ofA.Out.Stage, ofA.In.Stage));
        Assert.Equal((LinkStage.Closed, LinkStage.Closed), (ofB.Out.Stage, ofB.In.Stage));
    }

    [Theory]
    [InlineData("AaBb")]
    [InlineData("BbAa")]
    public void SecondLink_TheOtherWayRound_FirstIsOpenAlready_IsRefused(string order)
    {
        (Wire ofA, Wire ofB) = DialEachOther(order);

        (Wire first, Wire second) = order[0] == 'A' ? (ofA, ofB) : (ofB, ofA);
        Assert.Equal((LinkStage.Open, LinkStage.Open), (first.Out.Stage, first.In.Stage));
        Assert.Equal((LinkStage.Closed, LinkStage.Closed), (second.Out.Stage, second.In.Stage));
    }

    [Fact]
    public void SecondLink_HolderLives_IsRefused()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();
        b.Tick(TimeSpan.FromSeconds(1));

        Wire second = new Wire(a, b).Settle();
        Assert.Equal(LinkStage.Probing, second.In.Stage);
        b.Now += TimeSpan.FromMilliseconds(50);
        first.Settle();
        b.Tick(TimeSpan.FromMilliseconds(50));
        second.Settle();

        Assert.Equal(LinkStage.Open, first.In.Stage);
        Assert.Equal(LocalCastError.DuplicateNode, Assert.Single(a.Ends).Reason.Code);
        Assert.Equal("b", second.Out.LinkedAs); // nothing but the refusal said it
        Assert.Equal(("a", "DuplicateNode: another link between the two agents stays"), Assert.Single(Refusals(b)));
        Assert.Equal((second.Out.Address, "DuplicateNode: another link between the two agents stays"), Assert.Single(Refusals(a)));
    }

    /// <summary>Another start is another agent, and both ends are told what to do about it.</summary>
    [Fact]
    public void SecondLink_OfAnotherAgentWithTheId_HolderLives_IsToldThatTheIdIsTaken()
    {
        var (a, other, b) = (new LinkHost("a"), new LinkHost("a", boot: 2), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();
        b.Tick(TimeSpan.FromSeconds(1));

        Wire second = new Wire(other, b).Settle();
        b.Now += TimeSpan.FromMilliseconds(50);
        first.Settle();
        b.Tick(TimeSpan.FromMilliseconds(50));
        second.Settle();

        const string Why = "DuplicateNode: another living agent with the id 'a' is linked already; give one of the two another (--node-id)";
        Assert.Equal(("a", Why), Assert.Single(Refusals(b)));
        Assert.Equal((second.Out.Address, Why), Assert.Single(Refusals(other)));
        Assert.Null(second.Out.LinkedAs); // it has no link there, and asks again
    }

    private static List<(string?, string?)> Refusals(LinkHost host)
    {
        List<(string?, string?)> refusals = [];
        while (host.Output.TryTakeEffect(out MeshEffect? effect))
        {
            if (effect is MeshNotice { Name: "link_refused" or "link_refused_there" } notice)
            {
                refusals.Add((notice.Peer, notice.Reason));
            }
        }

        return refusals;
    }

    [Fact]
    public void SecondLink_HolderIsDead_TakesItsPlaceAfterTwoSeconds()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();

        Wire second = new Wire(new LinkHost("a", boot: 2), b).Settle();
        TickOften(b, TimeSpan.FromSeconds(1.9));
        Assert.Equal(LinkStage.Probing, second.In.Stage);
        TickOften(b, TimeSpan.FromSeconds(0.2));

        Assert.Equal((LinkStage.Closed, LinkStage.Open), (first.In.Stage, second.In.Stage));
    }

    /// <summary>The line was cut in silence and mended: what the other side sent before it gave up the first link comes only now.</summary>
    [Theory]
    [InlineData(false, LinkStage.Closed, LinkStage.Open)]
    [InlineData(true, LinkStage.Open, LinkStage.Closed)]
    public void SecondLink_HolderIsSuspect_OnlyAnAnswerShowsThatItLives(bool answers, LinkStage first, LinkStage second)
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire old = new Wire(a, b).Settle();
        b.Tick(TimeSpan.FromSeconds(60));
        b.Tick(TimeSpan.FromSeconds(3));
        Assert.True(old.In.IsSuspect);
        a.Now = b.Now;

        Wire anew = new Wire(a, b).Settle();
        Assert.Equal(LinkStage.Probing, anew.In.Stage);
        TickOften(b, TimeSpan.FromSeconds(0.1));
        b.Receive(old.In, new Envelope { Type = MessageType.StateSeq });
        _ = answers ? old.Settle() : old;
        TickOften(b, TimeSpan.FromSeconds(2.1));

        Assert.Equal((first, second), (old.In.Stage, anew.In.Stage));
    }

    /// <summary>The holder answers every question, 60 ms later. A stranger claims its id again and again, every 40 ms.</summary>
    [Fact]
    public void SecondLinks_ClaimedFasterThanTheRoundTrip_HolderThatAnswersKeepsItsId()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b", options => options.MeasureEvery = TimeSpan.FromSeconds(30)));
        Wire old = new Wire(a, b).Settle();
        for (int i = 0; i < 40; i++)
        {
            b.Tick(TimeSpan.FromSeconds(0.05));
            old.Settle();
        }

        b.Tick(TimeSpan.FromSeconds(30)); // the line rests, and is measured
        Queue<(TimeSpan At, Envelope Message)> underWay = [];
        List<PeerLink> claims = [];
        for (int i = 0; i < 300 && old.In.Stage == LinkStage.Open; i++)
        {
            b.Tick(TimeSpan.FromMilliseconds(20));
            while (old.In.TryTake(out Envelope? question))
            {
                Assert.Equal(MessageType.PingRequest, question.Type);
                underWay.Enqueue((b.Now + TimeSpan.FromMilliseconds(60), new Envelope { Type = MessageType.PingResponse, PayloadKind = question.PayloadKind, Payload = question.Payload }));
            }

            while (underWay.TryPeek(out var next) && next.At <= b.Now)
            {
                b.Receive(old.In, underWay.Dequeue().Message);
            }

            if (i % 2 == 0)
            {
                var stranger = new LinkHost("a", boot: 2) { Now = b.Now };
                claims.Add(new Wire(stranger, b).Settle().In);
            }
        }

        Assert.Equal((LinkStage.Open, 0), (old.In.Stage, claims.Count(claim => claim.Stage == LinkStage.Open)));
    }

    [Fact]
    public void SecondLink_ThisAgentWasLate_BlamesNobody()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();
        Wire second = new Wire(a, b).Settle();

        b.Tick(TimeSpan.FromSeconds(60)); // the machine slept; what the holder answered is not read yet
        Assert.Equal(LinkStage.Probing, second.In.Stage);
        first.Settle();
        b.Tick(TimeSpan.FromMilliseconds(50));

        Assert.Equal((LinkStage.Open, LinkStage.Closed), (first.In.Stage, second.In.Stage));
    }

    [Fact]
    public void SimultaneousDialling_WhatComesOverTheLinkThatWaits_IsHeard()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        var (ofA, ofB) = (new Wire(a, b), new Wire(b, a));
        ofA.PassToAcceptor();
        ofB.PassToAcceptor();
        a.Output.Send(ofB.In, new Envelope { Type = MessageType.Publish, Topic = "t" }); // to a it is as good as any
        b.Now += TimeSpan.FromMilliseconds(1);

        ofB.PassToDialler();

        Assert.Equal(LinkStage.Probing, ofB.Out.Stage);
        Assert.Equal("t", Assert.Single(b.ForOthers).Topic);
    }

    /// <summary>As it runs: looks come every 50 ms.</summary>
    private static void TickOften(LinkHost host, TimeSpan time)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(50))
        {
            host.Tick(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Passes the hellos (A, B) and what answers them (a, b) in an order. Who has a link to the other is not without one from then on.</summary>
    private static (Wire OfA, Wire OfB) DialEachOther(string order)
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        var (ofA, ofB) = (new Wire(a, b), new Wire(b, a));
        var (hasA, hasB) = (false, false);
        foreach (char step in order + string.Concat(Enumerable.Repeat("BbAatAaBbt", 5)))
        {
            a.Now = b.Now += TimeSpan.FromMilliseconds(1);
            switch (step)
            {
                case 'A':
                    ofA.PassToAcceptor();
                    break;
                case 'a':
                    ofA.PassToDialler();
                    break;
                case 'B':
                    ofB.PassToAcceptor();
                    break;
                case 'b':
                    ofB.PassToDialler();
                    break;
                default:
                    a.Tick(TimeSpan.FromMilliseconds(50));
                    b.Tick(TimeSpan.FromMilliseconds(50));
                    break;
            }

            Assert.True(!hasA || a.Links.TryFindOpen("b", out _), $"a is without a link after '{step}'");
            Assert.True(!hasB || b.Links.TryFindOpen("a", out _), $"b is without a link after '{step}'");
            (hasA, hasB) = (a.Links.TryFindOpen("b", out _), b.Links.TryFindOpen("a", out _));
        }

        Assert.All(a.LinksAtEnds.Concat(b.LinksAtEnds), hasLink => Assert.True(hasLink));
        return (ofA, ofB);
    }
}
