namespace LocalCast.Supervision.Internal;

/// <summary>A program to start: everything is looked up and checked.</summary>
internal sealed record SpawnRequest
{
    /// <summary>An absolute path.</summary>
    public required string Program { get; init; }

    /// <summary>Its own name comes first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The descriptor of the agent that becomes stdin; none: there is nothing to read.</summary>
    public int? Input { get; init; }

    /// <summary>Descriptors of the agent that become stdout and stderr.</summary>
    public required int Output { get; init; }

    public required int Error { get; init; }
}
