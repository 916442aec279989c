namespace LocalCast.Supervision;

/// <summary>What one readiness probe found.</summary>
/// <param name="IsOk">Whether the node is ready.</param>
/// <param name="Output">What the command printed, or what the server answered: for people, at most 4 KiB.</param>
public sealed record ProbeResult(bool IsOk, string Output);
