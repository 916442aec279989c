namespace LocalCast.Transports;

/// <summary>Who is at the other end, as the operating system says it; nothing of this comes from the peer.</summary>
/// <param name="ProcessId">The process that connected or listens; it may have handed the connection on since.</param>
/// <param name="UserId">The user whose process it is.</param>
public sealed record PeerIdentity(int ProcessId, uint UserId);
