namespace LocalCast.Supervision;

/// <summary>A node that a stop of everything still waits for.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Due">When it is down, or given up, at the latest, unless somebody asks for more time: those that have to be down before it are counted in, and the time that was granted already.</param>
public readonly record struct PendingStop(string Node, SupervisedState State, TimeSpan Due);
