using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

/// <summary>What makes an agent leave to another one with its id, and what does not.</summary>
public sealed class TwinTests
{
    private readonly TwinScene _scene = new();

    [Fact]
    public void ElderThatOutbidsAgainAndAgain_WithAVoucher_IsLeftTo()
    {
        _scene.Mesh.Act(m => m.Call(9, new Envelope { Type = MessageType.Call, To = "echo@b", DeadlineMs = 30_000 }, _scene.Mesh.Time));

        TimeSpan took = _scene.OutbidUntilAway(TwinScene.Elder);

        Assert.InRange(took, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        ErrorInfo goodbye = MeshMessage.ReasonOf(Assert.Single(_scene.Mesh.TakeAll("b"), message => message.Type == MessageType.Goodbye));
        Assert.Equal(LocalCastError.DuplicateNode, goodbye.Code);
        Assert.Contains("--node-id", goodbye.Message, StringComparison.Ordinal);
        MeshNotice notice = Assert.Single(_scene.Mesh.Of<MeshNotice>(), notice => notice.Name == "withdrew");
        Assert.Equal(("me", true), (notice.Peer, notice.IsGrave));
        Assert.Equal(1, _scene.Mesh.Machine.Events["withdrew"]);
        Assert.Null(_scene.Own.Left);
        Assert.Empty(_scene.Mesh.Machine.Links);
        Assert.Equal(LocalCastError.Disconnected, Assert.Single(_scene.Mesh.Of<AnswerRequest>(), answer => answer.Request == 9).Answer.Error!.Code);
        Assert.Contains(_scene.Mesh.Of<AgentChanged>(), change => change is { Agent: "b", Document: null });
    }

    /// <summary>The last word that others hear of is the elder's: nothing of this agent's is above it.</summary>
    [Fact]
    public void Withdrawing_LeavesTheElderTheLastWord_AndWritesNothingMeanwhile()
    {
        _scene.OutbidUntilAway(TwinScene.Elder);
        DocumentVersion last = _scene.Last;

        for (int i = 0; i < 100; i++)
        {
            _scene.Mesh.Act(m => m.SetNodes([new NodeDescription { Name = $"n{i}" }], _scene.Mesh.Time));
            _scene.Mesh.Pass(TimeSpan.FromMilliseconds(250));
        }

        Assert.True(last > _scene.Own.Version);
        Assert.InRange(_scene.Mesh.Machine.NextDue, _scene.Mesh.Now + TimeSpan.FromMilliseconds(500), _scene.Mesh.Now + TimeSpan.FromSeconds(1)); // at rest as ever
    }

    [Fact]
    public void ElderWithoutAVoucher_IsNotLeftTo()
    {
        _scene.TellOfVoucher(2, namesMe: false);
        _scene.Outbid(TwinScene.Elder, TimeSpan.FromSeconds(10));

        Assert.Null(_scene.Mesh.Machine.WhyAway);
        Assert.InRange(_scene.Mesh.Machine.Events["own_id_elsewhere"], 8, 12);
        Assert.InRange(_scene.Mesh.Of<MeshNotice>().Count(notice => notice.Name == "own_id_elsewhere"), 1, 5); // counted each time, told ever more seldom
        Assert.NotEmpty(_scene.Mesh.Machine.Links);
    }

    /// <summary>Others that an honest agent has to do with: itself, in this or in its former life, one that is gone, one that will leave.</summary>
    [Theory]
    [InlineData(TwinScene.Born, false)]
    [InlineData(TwinScene.Younger, false)]
    [InlineData(TwinScene.Elder, true)]
    public void NoElderThatLives_IsNotLeftTo(ulong born, bool hasLeft)
    {
        _scene.Outbid(born, TimeSpan.FromSeconds(10), hasLeft);

        Assert.Null(_scene.Mesh.Machine.WhyAway);
        Assert.True(_scene.Own.Version > _scene.Last);
    }

    [Fact]
    public void EchoOfAFormerLife_IsOutbidOnce()
    {
        _scene.Say(TwinScene.Elder, _scene.Own.Version.Seq + 7);
        _scene.Mesh.Pass(TimeSpan.FromSeconds(10));

        Assert.Null(_scene.Mesh.Machine.WhyAway);
        Assert.Equal(1, _scene.Mesh.Machine.Events["own_id_elsewhere"]);
        Assert.True(_scene.Own.Version > _scene.Last);
    }

    [Fact]
    public void AgentThatDoesNotSayItsBirth_CountsAsTheElder() => Assert.InRange(_scene.OutbidUntilAway(null), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));

    /// <summary>What it says of its links may still be about that one.</summary>
    [Fact]
    public void VoucherThatWasANeighbourLately_DoesNotCount()
    {
        _scene.Mesh.Join("d", neighbours: ["b"]);
        _scene.Outbid(TwinScene.Elder, TimeSpan.FromSeconds(5));
        Assert.Null(_scene.Mesh.Machine.WhyAway); // it means this agent
        _scene.Mesh.End("d");
        _scene.Outbid(TwinScene.Elder, TimeSpan.FromSeconds(5));
        Assert.Null(_scene.Mesh.Machine.WhyAway);
        _scene.Mesh.Pass(PastNeighbours.Remembered);
        _scene.Relink(); // b was silent meanwhile

        _scene.OutbidUntilAway(TwinScene.Elder);
    }

    /// <summary>Whoever tells of versions, one after the other, and gives no document, does not keep this agent from going above them.</summary>
    [Fact]
    public void VersionsWithoutDocuments_AreOutbidAllTheSame()
    {
        for (int i = 0; i < 100; i++)
        {
            StateSeqEntry entry = new() { Id = "me", Boot = _scene.Own.Boot, Seq = _scene.Own.Seq + 5000 };
            _scene.Mesh.Say("b", StateNews.MessageOf([entry]));
            _scene.Mesh.Pass(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(_scene.Mesh.Machine.Events["own_id_elsewhere"], 4, 11);
        Assert.Null(_scene.Mesh.Machine.WhyAway);
    }
}
