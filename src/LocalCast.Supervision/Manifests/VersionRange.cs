namespace LocalCast.Supervision;

/// <summary>Versions that will do: comparisons joined by spaces, as in <c>&gt;=1.2 &lt;2</c>; <c>^1.2</c>, <c>~1.2</c> and a bare <c>1.2</c> as npm knows them.</summary>
public sealed record VersionRange(string Text);
