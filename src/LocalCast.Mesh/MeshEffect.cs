using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What the owner of a <c>MeshMachine</c> is to do.</summary>
public abstract record MeshEffect;

/// <summary>A link has something to send: take it with <c>MeshMachine.TryTake</c> as the connection takes it.</summary>
public sealed record WakeLink(long Link) : MeshEffect;

/// <summary>Three quarters of a link's queue are taken: hold back the producers of calls and publications; or half of it is free again. Who does not care may ignore it.</summary>
public sealed record LinkCongested(long Link, bool IsCongested) : MeshEffect;

/// <summary>Send what is queued for the link, then close it.</summary>
public sealed record CloseLink(long Link, ErrorInfo Reason) : MeshEffect;

/// <summary>
/// Dial an address; a name in it is as it was entered and is to be resolved anew at each dial, so that a host that moved is found. Answer with <c>MeshMachine.LinkOpened</c> or <c>MeshMachine.DialFailed</c>
/// and the same address.
/// </summary>
public sealed record DialAddress(string Address) : MeshEffect;

/// <summary>What is known of another agent changed; who wants arrivals and departures of nodes compares it with what was known before.</summary>
/// <param name="Agent">Which agent.</param>
/// <param name="Document">Its document; <see langword="null"/> when it left or can no longer be reached.</param>
public sealed record AgentChanged(string Agent, AgentDocument? Document) : MeshEffect;

/// <summary>Something that a person wants to know. It is counted already: <see cref="MeshMachine.Events"/>.</summary>
/// <param name="Name">What happened, as a short word.</param>
/// <param name="Peer">Which agent, if it is known.</param>
/// <param name="Reason">Why.</param>
public sealed record MeshNotice(string Name, string? Peer, string? Reason) : MeshEffect
{
    /// <summary>Whether somebody has to do something about it.</summary>
    public bool IsGrave { get; init; }
}

/// <summary>Call a node of this machine; answer with <c>MeshMachine.AnswerCall</c> and the handle.</summary>
/// <param name="Handle">Names the call until it is answered.</param>
/// <param name="Call">The call; <c>to</c> is the node's name, <c>from</c> the caller's full address, <c>deadline_ms</c> what is left.</param>
public sealed record DeliverCall(long Handle, Envelope Call) : MeshEffect;

/// <summary>The caller of a delivered call gave up; an answer is no longer waited for.</summary>
public sealed record CancelDelivered(long Handle) : MeshEffect;

/// <summary>Publish on this machine. With mode <c>one</c> it is for the node in <c>to</c>, and its acknowledgement goes to <c>MeshMachine.AnswerCall</c>.</summary>
/// <param name="Handle">Names the publication until it is acknowledged; 0 when nothing is awaited.</param>
/// <param name="Publication">The publication.</param>
public sealed record DeliverPublication(long Handle, Envelope Publication) : MeshEffect;

/// <summary>Let the nodes of this machine answer a discovery, or the one in <c>to</c>; pongs go to <c>MeshMachine.Send</c>, and so does an <c>ack</c> with the error when there is no such node.</summary>
public sealed record DeliverPing(Envelope Ping) : MeshEffect;

/// <summary>A node of another agent answered a discovery of a local participant.</summary>
public sealed record DeliverPong(long Request, Envelope Pong) : MeshEffect;

/// <summary>A message of a type that the mesh does not know, for the participant in <c>to</c>. If there is none, an <c>ack</c> with the error goes to <c>MeshMachine.Send</c>.</summary>
public sealed record DeliverMessage(Envelope Message) : MeshEffect;

/// <summary>A message of a type that the mesh does not know went nowhere: its sender is to be told.</summary>
/// <param name="Sender">The participant of this machine.</param>
/// <param name="Id">What it calls the message, if it said.</param>
/// <param name="Why">Why.</param>
public sealed record MessageRefused(string Sender, string? Id, ErrorInfo Why) : MeshEffect;

/// <summary>The one answer to a request of a local participant.</summary>
public sealed record AnswerRequest(long Request, Envelope Answer) : MeshEffect;
