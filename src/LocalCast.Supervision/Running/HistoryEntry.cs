namespace LocalCast.Supervision;

/// <summary>A transition as it is remembered.</summary>
/// <param name="Time">The wall clock.</param>
/// <param name="State">To which state.</param>
/// <param name="Cause">Why.</param>
/// <param name="By">By whom.</param>
public sealed record HistoryEntry(DateTimeOffset Time, SupervisedState State, string Cause, string By);
