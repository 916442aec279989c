namespace LocalCast.Mesh;

/// <summary>Gives documents to neighbours that ask for them, in messages of a bearable size.</summary>
internal sealed class DocumentGiver(DocumentStore store, OwnDocument own, MeshOutput output)
{
    private const int MostDocumentsPerMessage = 64;
    private const int MostBytesPerMessage = 256 * 1024;

    public void Give(PeerLink link, StateRequestData data)
    {
        List<AgentDocument> batch = [];
        int bytes = 0;
        foreach (string id in data.Ids.Take(DocumentFetches.Most).Distinct())
        {
            AgentDocument? document = id == own.Current.Id ? own.Current : store.TryFind(id, out AgentDocument? found) ? found : null;
            if (document is null)
            {
                continue;
            }

            batch.Add(document);
            bytes += RoughSizeOf(document);
            if (batch.Count >= MostDocumentsPerMessage || bytes >= MostBytesPerMessage)
            {
                Send(link, batch);
                (batch, bytes) = ([], 0);
            }
        }

        Send(link, batch);
    }

    private void Send(PeerLink link, List<AgentDocument> batch)
    {
        if (batch.Count > 0)
        {
            output.Send(link, MeshMessage.Of(Protocol.MessageType.State, new StateData { Documents = batch }, MeshJson.Default.StateData));
        }
    }

    private static int RoughSizeOf(AgentDocument document) => 200 + (document.Neighbours.Count * 160) + document.Nodes.Sum(node => 200
        + (node.Methods?.Sum(method => method.Length + 3) ?? 0) + (node.Topics?.Sum(topic => topic.Length + 3) ?? 0) + (node.Details?.Length ?? 0));
}
