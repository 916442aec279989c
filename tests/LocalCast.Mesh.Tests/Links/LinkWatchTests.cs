using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class LinkWatchTests
{
    private readonly LinkHost _a = new("a");
    private readonly LinkHost _b = new("b");
    private readonly Wire _wire;

    public LinkWatchTests() => _wire = new Wire(_a, _b).Settle();

    [Fact]
    public void Silence_SixtySeconds_AsksOnceAndAnAnswerIsLife()
    {
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Tick(TimeSpan.FromSeconds(10));
        Assert.True(_wire.In.TryTake(out Envelope? ping));
        Assert.Equal(MessageType.PingRequest, ping.Type);
        Assert.False(_wire.In.TryTake(out _));

        _a.Receive(_wire.Out, ping);
        _wire.Settle();
        _b.Tick(TimeSpan.FromSeconds(15));

        Assert.Equal(LinkStage.Open, _wire.In.Stage);
    }

    [Fact]
    public void Silence_NoAnswer_ClosesTwentySecondsLater()
    {
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Tick(TimeSpan.FromSeconds(19));
        Assert.Equal(LinkStage.Open, _wire.In.Stage);
        _b.Tick(TimeSpan.FromSeconds(1));

        LinkHandshakeTests.AssertGoodbye(_wire.In, LocalCastError.Timeout);
    }

    /// <summary>What comes first may have been under way when a line was cut, also the answer to a question of long ago.</summary>
    [Fact]
    public void Silence_AnswerIsOverdue_IsSuspectUntilItAnswersWhatItIsAskedThen()
    {
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Tick(TimeSpan.FromSeconds(2));
        Assert.False(_wire.In.IsSuspect);
        _b.Tick(TimeSpan.FromSeconds(1));
        Assert.True(_wire.In.IsSuspect);
        Envelope old = Assert.Single(Questions());
        _b.Receive(_wire.In, new Envelope { Type = MessageType.StateSeq });
        _b.Receive(_wire.In, new Envelope { Type = MessageType.StateSeq });
        Envelope fresh = Assert.Single(Questions());
        _b.Receive(_wire.In, AnswerTo(old));
        Assert.True(_wire.In.IsSuspect);

        _b.Receive(_wire.In, AnswerTo(fresh));

        Assert.False(_wire.In.IsSuspect);
        Assert.Equal([true, false], _b.Doubts);
        Assert.Empty(Questions());
    }

    [Fact]
    public void Suspect_TalksAndDoesNotAnswer_IsClosedTwentySecondsAfterItsFirstWord()
    {
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Tick(TimeSpan.FromSeconds(3));
        Assert.True(_wire.In.IsSuspect);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(LinkStage.Open, _wire.In.Stage);
            _b.Receive(_wire.In, new Envelope { Type = MessageType.StateSeq });
            _b.Tick(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(LocalCastError.Timeout, Assert.Single(_b.Ends).Reason.Code);
    }

    /// <summary>Also the right answer, when it was asked for before anything came again: it may have been under way since the line was cut.</summary>
    [Fact]
    public void Suspect_LateAnswer_IsAskedAgain_AndIsNoMeasure()
    {
        TimeSpan before = _wire.In.RoundTrip!.Value;
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Tick(TimeSpan.FromSeconds(10));
        _b.Receive(_wire.In, AnswerTo(Assert.Single(Questions())));
        Assert.True(_wire.In.IsSuspect);
        Assert.Equal(before, _wire.In.RoundTrip);

        _b.Receive(_wire.In, AnswerTo(Assert.Single(Questions())));
        Assert.False(_wire.In.IsSuspect);
    }

    [Fact]
    public void Suspect_FirstWordIsALateAnswer_IsClosedTwentySecondsAfterIt()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b", options => options.MeasureEvery = TimeSpan.FromSeconds(30)));
        Wire wire = new Wire(a, b).Settle();
        b.Tick(TimeSpan.FromSeconds(2)); // asks
        b.Tick(TimeSpan.FromSeconds(3));
        Assert.True(wire.In.IsSuspect);
        Assert.True(wire.In.TryTake(out Envelope? question));
        b.Tick(TimeSpan.FromSeconds(1));
        b.Receive(wire.In, new Envelope { Type = MessageType.PingResponse, PayloadKind = question.PayloadKind, Payload = question.Payload });

        Assert.InRange(b.Keeper.Due, TimeSpan.Zero, b.Now + b.Options.KeepAliveAnswer);
        b.Tick(TimeSpan.FromSeconds(20));
        Assert.Equal(LinkStage.Closed, wire.In.Stage);
    }

    private static Envelope AnswerTo(Envelope question) => new() { Type = MessageType.PingResponse, PayloadKind = question.PayloadKind, Payload = question.Payload };

    private List<Envelope> Questions()
    {
        List<Envelope> taken = [];
        while (_wire.In.TryTake(out Envelope? message))
        {
            Assert.Equal(MessageType.PingRequest, message.Type);
            taken.Add(message);
        }

        return taken;
    }

    [Fact]
    public void Silence_WrongNonce_IsNoAnswer()
    {
        _b.Tick(TimeSpan.FromSeconds(60));
        _b.Receive(_wire.In, MeshMessage.Of(MessageType.PingResponse, new NonceData { Nonce = "5" }, ControlJson.Default.NonceData));
        _b.Tick(TimeSpan.FromSeconds(20));

        Assert.Equal(LinkStage.Closed, _wire.In.Stage);
    }

    [Fact]
    public void Traffic_EveryThirtySeconds_IsNeverAsked()
    {
        for (int i = 0; i < 10; i++)
        {
            _b.Tick(TimeSpan.FromSeconds(30));
            _b.Receive(_wire.In, new Envelope { Type = MessageType.StateSeq });
        }

        Assert.False(_wire.In.TryTake(out _));
        Assert.Equal(10, _b.ForOthers.Count);
    }

    [Fact]
    public void PingRequest_LargestNonce_ComesBackUnchanged()
    {
        _b.Receive(_wire.In, MeshMessage.Of(MessageType.PingRequest, new NonceData { Nonce = "18446744073709551615" }, ControlJson.Default.NonceData));

        Assert.True(_wire.In.TryTake(out Envelope? answer));
        Assert.True(MeshMessage.TryRead(answer, ControlJson.Default.NonceData, out NonceData? data, out _));
        Assert.Equal((MessageType.PingResponse, "18446744073709551615"), (answer.Type, data.Nonce));
    }

    [Fact]
    public void RoundTrip_IsMeasuredOnBothSidesAsTheLinkOpens()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        var wire = new Wire(a, b);
        wire.PassToAcceptor();
        a.Now += TimeSpan.FromMilliseconds(30);
        wire.PassToDialler();
        b.Now += TimeSpan.FromMilliseconds(40);
        wire.PassToAcceptor();

        Assert.Equal(TimeSpan.FromMilliseconds(30), wire.Out.RoundTrip);
        Assert.Equal(TimeSpan.FromMilliseconds(40), wire.In.RoundTrip);
    }
}
