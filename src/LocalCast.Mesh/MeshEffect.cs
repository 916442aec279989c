using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What the owner of a <c>MeshMachine</c> is to do.</summary>
public abstract record MeshEffect;

/// <summary>A link has something to send: take it with <c>MeshMachine.TryTake</c> as the connection takes it.</summary>
public sealed record WakeLink(long Link) : MeshEffect;

/// <summary>Send what is queued for the link, then close it.</summary>
public sealed record CloseLink(long Link, ErrorInfo Reason) : MeshEffect;

/// <summary>Dial an address; answer with <c>MeshMachine.LinkOpened</c> or <c>MeshMachine.DialFailed</c>.</summary>
public sealed record DialAddress(string Address) : MeshEffect;

/// <summary>Something that a person or a counter wants to know.</summary>
/// <param name="Name">What happened, as a short word.</param>
/// <param name="Peer">Which agent, if it is known.</param>
/// <param name="Reason">Why.</param>
public sealed record MeshNotice(string Name, string? Peer, string? Reason) : MeshEffect;
