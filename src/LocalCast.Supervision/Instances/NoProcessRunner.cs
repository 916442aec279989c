namespace LocalCast.Supervision;

/// <summary>Stands where processes cannot be run: what runs inside the agent runs all the same, and everything else says why it does not.</summary>
/// <param name="why">Why.</param>
public sealed class NoProcessRunner(string why) : IProcessRunner
{
    /// <inheritdoc/>
    public string? WhyNone => why;

    /// <inheritdoc/>
    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        listener.LaunchFailed(why, isPermanent: true);
    }

    /// <inheritdoc/>
    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener) => false;

    /// <inheritdoc/>
    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left) => [];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
