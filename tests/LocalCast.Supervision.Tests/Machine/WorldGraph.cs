namespace LocalCast.Supervision.Tests;

/// <summary>Random nodes that require one another, without a circle.</summary>
internal static class WorldGraph
{
    public static IEnumerable<NodeManifest> Create(Random random)
    {
        for (int i = 0; i < 6; i++)
        {
            Requirement[] requires =
            [
                .. from j in Enumerable.Range(0, i)
                   where random.Next(3) == 0
                   select MachineManifests.Needs($"n{j}", (RequirementMode)random.Next(4)),
            ];
            yield return MachineManifests.Of($"n{i}", requires) with
            {
                Readiness = new ReadinessSpec { Kind = random.Next(4) switch { 0 => ReadinessKind.Notify, 1 => ReadinessKind.Http, _ => ReadinessKind.Pong } },
                Restart = new RestartSpec { CleanExitCodes = [], Policy = random.Next(4) == 0 ? RestartPolicy.Always : RestartPolicy.OnFailure },
                Reload = new ReloadSpec { Mode = random.Next(3) == 0 ? ReloadMode.Restart : ReloadMode.Swap },
                Activation = random.Next(4) == 0
                    ? new ActivationSpec { Mode = ActivationMode.OnDemand, IdleTimeout = TimeSpan.FromSeconds(5) }
                    : new ActivationSpec(),
            };
        }
    }
}
