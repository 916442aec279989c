namespace LocalCast.Supervision;

/// <summary>A line that a node printed.</summary>
/// <param name="Sequence">Counts the node's lines, from 1, across restarts of the agent.</param>
/// <param name="Time">When it was read, to the millisecond.</param>
/// <param name="Stream">Where it was printed.</param>
/// <param name="Text">Without its end; of more than 16 KiB, a piece.</param>
public sealed record LogLine(long Sequence, DateTimeOffset Time, OutputStream Stream, string Text);
