using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>A call to the agent that the keeper answers. It ends once: by an answer, its deadline, a cancel, or its caller's leaving.</summary>
#pragma warning disable CA1001 // Its token source has neither a timer nor a wait handle, and the keeper may use the token whenever it likes.
internal sealed class AgentCall : IAgentCall
#pragma warning restore CA1001
{
    private readonly Hub _hub;
    private readonly string? _id;
    private readonly CancellationTokenSource _cancellation = new();

    public AgentCall(Hub hub, Session owner, in Packet packet, TimeSpan deadline)
    {
        _hub = hub;
        Owner = owner;
        Caller = owner.Member!.Name;
        _id = Answer.IdOf(packet);
        Method = Encoding.UTF8.GetString(packet.Method);
        Arguments = packet.PayloadKind == PayloadKind.Json ? packet.Payload.ToArray() : default;
        Deadline = deadline;
        Cancellation = _cancellation.Token;
    }

    public Session Owner { get; }

    public TimeSpan Deadline { get; }

    public string Caller { get; }

    public string Method { get; }

    public ReadOnlyMemory<byte> Arguments { get; }

    public TimeSpan TimeLeft => Deadline > _hub.Now ? Deadline - _hub.Now : TimeSpan.Zero;

    public CancellationToken Cancellation { get; }

    public bool IsNamed(string? id) => _id == id;

    public void Complete(ReadOnlyMemory<byte> json)
    {
        if (_hub.AgentCalls.TryEnd(this))
        {
            AnswerWith(json.IsEmpty ? "null"u8.ToArray() : json, error: null);
        }
    }

    public void Fail(ErrorInfo error)
    {
        if (_hub.AgentCalls.TryEnd(this))
        {
            AnswerWith(default, error);
        }
    }

    /// <summary>Nobody waits for the keeper's answer any more; whoever took the call out says so.</summary>
    public void GiveUp(ErrorInfo? error)
    {
        if (error is not null)
        {
            AnswerWith(default, error);
        }

        Guarded.Run(_hub, _cancellation.Cancel);
    }

    private void AnswerWith(ReadOnlyMemory<byte> json, ErrorInfo? error)
    {
        try
        {
            Answer.Send(Owner, MessageType.Result, _id, json, error, batch: null);
        }
        catch (Exception e) when (e is InvalidDataException or LocalCastException or System.Text.Json.JsonException)
        {
            HubLog.KeeperDefect(_hub.Logger, $"answer to '{Method}'", e); // it is not JSON, or does not fit into a frame
            Answer.Send(Owner, MessageType.Result, _id, default, new ErrorInfo(LocalCastError.Internal, $"the agent's answer to '{Method}' cannot be sent"), batch: null);
        }
    }
}
