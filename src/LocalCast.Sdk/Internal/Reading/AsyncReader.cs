using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Reads a connection that does not block: in memory, or over a WebSocket.</summary>
internal sealed class AsyncReader(LinkSession session) : LinkReader(session)
{
    public override async Task RunAsync()
    {
        try
        {
            while (Take(await Input.ReadAsync().ConfigureAwait(false)))
            {
                QueueWork();
            }

            QueueWork();
        }
        catch (Exception e) when (e is LocalCastException or IOException or InvalidOperationException)
        {
            Session.End(new ErrorInfo(LocalCastError.Disconnected, "the connection broke"));
        }

        await Input.CompleteAsync().ConfigureAwait(false);
    }
}
