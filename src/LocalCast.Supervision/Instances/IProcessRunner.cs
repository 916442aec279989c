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

    /// <summary>Kills what is left of processes that a dead agent started, and of what those started. May take milliseconds.</summary>
    /// <returns>Those of which something was left.</returns>
    IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left);
}

/// <summary>What a dead agent started.</summary>
/// <param name="Identity">The process.</param>
/// <param name="Token">What its kind has as LOCALCAST_INSTANCE in its environment; empty when that is not known.</param>
public sealed record Leftover(InstanceIdentity Identity, string Token);
