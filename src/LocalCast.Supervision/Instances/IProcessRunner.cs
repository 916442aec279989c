namespace LocalCast.Supervision;

/// <summary>Starts processes, and knows those that an agent before this one left. Disposing it kills what it started, except what survives.</summary>
public interface IProcessRunner : IInstanceRunner, IAsyncDisposable
{
    /// <summary>Why no process can be run on this machine; <see langword="null"/> where they can.</summary>
    string? WhyNone => null;

    /// <summary>
    /// Takes over a process that survived the agent that started it. Like after a launch, <see cref="IInstanceListener.Launched"/> is told,
    /// and once <see cref="IInstanceListener.Exited"/>, without a code.
    /// </summary>
    /// <returns>Whether it still runs and is the same: number, start time and boot agree. Otherwise nothing is told.</returns>
    bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener);

    /// <summary>Kills what is left of a process that a dead agent started, and of what that process started. May take milliseconds.</summary>
    /// <returns>How many processes were killed.</returns>
    int KillLeftovers(InstanceIdentity identity);
}
