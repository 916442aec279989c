using LocalCast.Mesh.Tests.Links;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class LeafTests
{
    [Fact]
    public void Leaf_ForwardsNothing_ButServesAndCallsItself()
    {
        var mesh = new MeshPair(isLeaf: true);
        mesh.Join("a");
        mesh.Join("b");
        mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@b", "1"));
        mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", "2"));
        mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "dns@b" }, mesh.Time));

        Assert.Equal(LocalCastError.NoRoute, Assert.Single(mesh.TakeAll("a")).Error!.Code);
        Assert.Equal("2", Assert.Single(mesh.Of<DeliverCall>()).Call.Id);
        Assert.Equal("dns@b", Assert.Single(mesh.TakeAll("b")).To);
        Assert.True(mesh.Machine.Documents.First().Leaf);
    }

    [Fact]
    public void Leaf_ForMany_IsDeliveredHereAndNotPassedOn()
    {
        var mesh = new MeshPair(isLeaf: true);
        mesh.Join("a");
        mesh.Join("b");
        mesh.Say("a", new Envelope
        {
            Type = MessageType.Publish,
            Mode = PublishMode.All,
            Topic = "t",
            Id = "1",
            From = "x@a",
            Route = ["a"],
            Ttl = 10,
            Headers = new Dictionary<string, string> { ["mesh-to"] = "me\nb" },
        });

        Assert.Single(mesh.Of<DeliverPublication>());
        Assert.Empty(mesh.TakeAll("b"));
    }

    [Fact]
    public void Paths_NeverLeadThroughALeaf()
    {
        var mesh = new MeshPair();
        mesh.Join("leaf", neighbours: ["c"]);
        mesh.SayDocument("leaf", MeshTrafficTests.Document("leaf", "me", "c") with { Seq = 2, Leaf = true }, MeshTrafficTests.Document("c", "leaf"));
        mesh.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(["leaf"], mesh.Machine.Paths.Keys);
    }

    [Fact]
    public void TwoLeaves_AreOfNoUseToEachOther_AndDoNotLink()
    {
        var wire = new Wire(new LinkHost("a", isLeaf: true), new LinkHost("b", isLeaf: true));
        wire.Settle();

        Assert.Equal((LinkStage.Closed, LinkStage.Closed), (wire.Out.Stage, wire.In.Stage));
    }

    [Fact]
    public void LeafAndAgent_Link()
    {
        Wire wire = new Wire(new LinkHost("a", isLeaf: true), new LinkHost("b")).Settle();

        Assert.Equal(LinkStage.Open, wire.Out.Stage);
        Assert.Contains("leaf", wire.In.Peer!.Services!);
    }
}
