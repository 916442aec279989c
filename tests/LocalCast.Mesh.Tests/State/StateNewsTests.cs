using System.Text.Json;
using LocalCast.Mesh.Tests.Links;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

public sealed class StateNewsTests
{
    private readonly LinkHost _host = new("me");
    private readonly DocumentStore _store = new("me", new MeshOptions());
    private readonly StateNews _news;

    public StateNewsTests() => _news = new StateNews(_store, new OwnDocument(_host.Self), _host.Links, _host.Output);

    [Fact]
    public void Tell_SeveralChanges_InOneMessageEach_AndNotToWhoSaidIt()
    {
        PeerLink[] links = OpenLinks(3);
        Know("a");
        Know("b");
        _news.Add("a", links[0].Number);
        _news.Add("b", links[1].Number);

        _news.Tell(TimeSpan.Zero);

        Assert.Equal([["b"], ["a"], ["a", "b"]], links.Select(TakeTold));
        Assert.Equal(TimeSpan.MaxValue, _news.Due);
    }

    [Fact]
    public void Tell_ManyNeighbours_GetTheSameBytes_AndTheNextAfterAPause()
    {
        PeerLink[] links = OpenLinks(100);
        Know("a");
        _news.Add("a", from: 0);
        Assert.Equal(TimeSpan.Zero, _news.Due);

        _news.Tell(TimeSpan.Zero);
        _news.Add("a", from: 0);

        Assert.Equal(TimeSpan.FromMilliseconds(25), _news.Due);
        Assert.Single(links.Select(link => link.TryTake(out Envelope? message) ? message.Payload : default).Distinct());
    }

    [Fact]
    public void Tell_AgentThatCannotBeReached_IsNotTold()
    {
        PeerLink link = OpenLinks(1)[0];
        Know("a");
        _store.Mark(_ => false, TimeSpan.Zero);
        _news.Add("a", from: 0);

        _news.Tell(TimeSpan.Zero);

        Assert.False(link.TryTake(out _));
    }

    private PeerLink[] OpenLinks(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        PeerLink link = new Wire(new LinkHost($"peer{i}"), _host).Settle().In;
        while (link.TryTake(out _))
        {
            // What the handshake says is not looked at.
        }

        return link;
    })];

    private void Know(string id)
    {
        _store.Accept(new AgentDocument { Id = id, Boot = 1, Seq = 1 }, _host.Time);
        _store.Mark(_ => true, TimeSpan.Zero);
    }

    private static IEnumerable<string> TakeTold(PeerLink link)
    {
        Assert.True(link.TryTake(out Envelope? message));
        return JsonSerializer.Deserialize(message.Payload.Span, MeshJson.Default.StateSeqData)!.Entries!.Select(entry => entry.Id);
    }
}
