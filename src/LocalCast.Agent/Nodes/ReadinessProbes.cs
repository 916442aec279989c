using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

internal sealed class ReadinessProbes(IProcessRunner processes, TimeProvider timeProvider) : IReadinessProbes
{
    public Task<(bool IsOk, string Output)> RunAsync(LaunchSpec spec) => throw new NotSupportedException(processes.ToString() + timeProvider);
}
