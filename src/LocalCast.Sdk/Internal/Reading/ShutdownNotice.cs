using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>The agent asks the node to end. Answered at once, so that the agent knows whether to wait or to send a signal.</summary>
internal sealed class ShutdownNotice(LinkSession session, Envelope shutdown) : IThreadPoolWorkItem
{
    private static readonly TimeSpan _usualTime = TimeSpan.FromSeconds(5);

    public void Execute()
    {
        if (shutdown.From is not (null or NodeName.Agent))
        {
            return; // only the agent may ask for it
        }

        StopSignal stop = session.Node.Stop;
        bool isHeard = stop.IsHeard;
        bool counts = isHeard && stop.IsFirstWish();
        if (shutdown.Id is not null)
        {
            session.Send(new Envelope
            {
                Type = MessageType.Ack,
                ReplyTo = shutdown.Id,
                Error = isHeard ? null : new ErrorInfo(LocalCastError.MethodNotFound, $"nothing in '{session.Node.Name}' listens for a shutdown"),
            });
            session.Outbox.Flush();
        }

        if (counts)
        {
            TimeSpan time = shutdown.DeadlineMs is { } ms ? TimeSpan.FromMilliseconds(ms) : _usualTime;
            stop.Ask(new StopRequest(session, shutdown.Id, ReadReason(), time));
        }
    }

    private string ReadReason()
    {
        try
        {
            using var data = JsonDocument.Parse(shutdown.PayloadKind == PayloadKind.Json ? shutdown.Payload : "{}"u8.ToArray());
            if (data.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("reason"u8, out JsonElement reason)
                && reason.ValueKind == JsonValueKind.String)
            {
                return reason.GetString()!;
            }
        }
        catch (JsonException)
        {
            // The wish counts without its reason.
        }

        return "the agent asks for it";
    }
}
