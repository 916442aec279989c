namespace LocalCast.Supervision;

/// <summary>The steps of stopping.</summary>
public sealed record StopSpec
{
    /// <summary>From the shutdown message to the signal.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From the signal to the kill.</summary>
    public TimeSpan TerminateTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the killed tree may take to be gone.</summary>
    public TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most that the node may ask for, added up.</summary>
    public TimeSpan MaxExtension { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest that stopping can take.</summary>
    public TimeSpan WorstCase => WorstCaseUnextended + MaxExtension;

    /// <summary>The same for a node that asks for no extension.</summary>
    public TimeSpan WorstCaseUnextended => Timeout + TerminateTimeout + KillTimeout;
}
