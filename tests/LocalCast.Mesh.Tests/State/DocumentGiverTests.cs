using System.Text.Json;
using LocalCast.Mesh.Tests.Links;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

public sealed class DocumentGiverTests
{
    private static readonly MeshSelf _self = new() { Id = "me", Name = "me", Network = "net", Boot = 7 };
    private static readonly MeshTime _time = new(TimeSpan.Zero, LinkHost.Wall);

    private readonly LinkHost _host = new("me");
    private readonly OwnDocument _own = new(_self);
    private readonly DocumentStore _store = new("me", new MeshOptions());
    private readonly DocumentGiver _giver;

    public DocumentGiverTests() => _giver = new DocumentGiver(_store, _own, _host.Output);

    [Fact]
    public void Give_OneDocumentToTwo_IsTheSameBytes()
    {
        PeerLink first = _host.Open(LinkDirection.Inbound);
        PeerLink second = _host.Open(LinkDirection.Inbound);

        _giver.Give(first, new StateRequestData { Ids = ["me"] });
        _giver.Give(second, new StateRequestData { Ids = ["me"] });

        Assert.True(first.TryTake(out Envelope? one) && second.TryTake(out Envelope? other) && one.Payload.Equals(other.Payload));
    }

    [Fact]
    public void Give_Many_InFewMessagesOfABearableSize()
    {
        string[] ids = [.. Enumerable.Range(0, 2000).Select(i => $"a{i}")];
        foreach (string id in ids)
        {
            _store.Accept(new AgentDocument { Id = id, Boot = 1, Seq = 1, Neighbours = [.. Enumerable.Range(0, 10).Select(i => new DocumentNeighbour { Id = $"n{i}", Cost = 1000 })] }, _time);
        }

        PeerLink link = _host.Open(LinkDirection.Inbound);
        _giver.Give(link, new StateRequestData { Ids = [.. ids, "unknown", "a0"] });

        List<string> given = [];
        int messages = 0;
        while (link.TryTake(out Envelope? message))
        {
            Assert.InRange(message.Payload.Length, 1, LinkMessage.ChunkBytes); // none of them has to be sent in chunks
            given.AddRange(JsonSerializer.Deserialize(message.Payload.Span, MeshJson.Default.StateData)!.Documents.Select(document => document.Id));
            messages++;
        }

        Assert.Equal(ids, given);
        Assert.InRange(messages, 2, 10);
    }
}
