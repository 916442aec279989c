namespace LocalCast.Supervision.Internal;

/// <summary>Why a process could not be started.</summary>
internal sealed record LaunchFailure(string Reason, bool IsPermanent);
