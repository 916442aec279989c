using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

public sealed class EncodedDocumentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Join_Documents_AreReadAsTheyWere(int count)
    {
        var encoded = new EncodedDocuments();
        AgentDocument[] documents = [.. Enumerable.Range(0, count).Select(i => DocumentOf($"a\"{i}", i))];

        ReadOnlyMemory<byte> data = EncodedDocuments.Join([.. documents.Select(encoded.Of)]);

        StateData read = JsonSerializer.Deserialize(data.Span, MeshJson.Default.StateData)!;
        Assert.Equal(documents.Select(document => (document.Id, document.Version, document.Neighbours.Count)), read.Documents.Select(document => (document.Id, document.Version, document.Neighbours.Count)));
        Assert.Equal(JsonSerializer.SerializeToUtf8Bytes(new StateData { Documents = documents }, MeshJson.Default.StateData), data);
    }

    [Fact]
    public void Of_TheSameVersion_IsMadeOnce()
    {
        var encoded = new EncodedDocuments();
        AgentDocument first = DocumentOf("a", 3);
        AgentDocument next = first with { Seq = 2 };

        EncodedDocuments.Encoded made = encoded.Of(first);

        Assert.Same(made, encoded.Of(first));
        Assert.Equal(made.Alone.Length, encoded.Bytes);
        EncodedDocuments.Encoded newer = encoded.Of(next);
        Assert.NotSame(made, newer);
        Assert.Equal(newer.Alone.Length, encoded.Bytes); // the older one is not kept
        Assert.Equal(2ul, JsonSerializer.Deserialize(newer.Alone, MeshJson.Default.StateData)!.Documents.Single().Seq);
    }

    [Fact]
    public void Of_MoreThanIsKept_StaysWithinTheBound()
    {
        const int Bound = 2000;
        var encoded = new EncodedDocuments(Bound);
        for (int i = 0; i < 100; i++)
        {
            encoded.Of(DocumentOf($"a{i}", i % 7));
            Assert.InRange(encoded.Bytes, 1, Bound);
        }

        EncodedDocuments.Encoded large = encoded.Of(DocumentOf("large", 200));

        Assert.True(large.Size > Bound);
        Assert.InRange(encoded.Bytes, 0, Bound);
    }

    private static AgentDocument DocumentOf(string id, int neighbours) => new()
    {
        Id = id,
        Boot = 1,
        Seq = 1,
        Nodes = [new NodeDescription { Name = "ä", Topics = ["t.>"] }],
        Neighbours = [.. Enumerable.Range(0, neighbours).Select(i => new DocumentNeighbour { Id = $"n{i}", Cost = i + 1 })],
    };
}
