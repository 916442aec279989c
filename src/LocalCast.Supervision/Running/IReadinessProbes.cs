namespace LocalCast.Supervision;

/// <summary>Asks nodes whether they are ready, by a command or by HTTP.</summary>
public interface IReadinessProbes
{
    /// <summary>Asks once, within the time that the manifest gives. Never throws.</summary>
    /// <param name="spec">The launch that is asked about.</param>
    Task<(bool IsOk, string Output)> RunAsync(LaunchSpec spec);
}
