namespace LocalCast.Agent.Configuration;

/// <summary>One thing that is wrong in a configuration file.</summary>
/// <param name="Path">Where, as in <c>$.limits.maxFrameBytes</c>, or as line and column when the file is no JSON.</param>
/// <param name="Message">What.</param>
public sealed record ConfigurationProblem(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
