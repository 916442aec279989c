using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Gives documents to neighbours that ask for them, in messages of a bearable size.</summary>
internal sealed class DocumentGiver(DocumentStore store, OwnDocument own, MeshOutput output)
{
    private const int MostDocumentsPerMessage = 256;

    private readonly EncodedDocuments _encoded = new();

    public void Give(PeerLink link, StateRequestData data)
    {
        List<EncodedDocuments.Encoded> batch = [];
        int bytes = 0;
        foreach (string id in data.Ids.Take(DocumentFetches.Most).Distinct())
        {
            AgentDocument? document = id == own.Current.Id ? own.Current : store.TryFind(id, out AgentDocument? found) ? found : null;
            if (document is null)
            {
                continue;
            }

            EncodedDocuments.Encoded encoded = _encoded.Of(document);
            if (batch.Count == MostDocumentsPerMessage || (batch.Count > 0 && bytes + encoded.Alone.Length > LinkMessage.ChunkBytes))
            {
                Send(link, batch);
                (batch, bytes) = ([], 0);
            }

            batch.Add(encoded);
            bytes += encoded.Alone.Length;
        }

        if (batch.Count > 0)
        {
            Send(link, batch);
        }
    }

    /// <summary>Gives this agent's own document to all neighbours unasked.</summary>
    public void GiveOwn(IEnumerable<PeerLink> links)
    {
        Envelope message = MessageOf(_encoded.Of(own.Current).Alone);
        foreach (PeerLink link in links)
        {
            output.Send(link, message);
        }
    }

    private void Send(PeerLink link, List<EncodedDocuments.Encoded> batch) => output.Send(link, MessageOf(EncodedDocuments.Join(batch)));

    private static Envelope MessageOf(ReadOnlyMemory<byte> data) => new() { Type = MessageType.State, PayloadKind = PayloadKind.Json, Payload = data };
}
