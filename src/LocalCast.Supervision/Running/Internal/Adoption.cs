using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>What becomes of the instances that a killed agent left: those that were to survive it are adopted, the others ended.</summary>
internal sealed class Adoption(SupervisorParts parts, SupervisorLoop loop, LiveInstances live, Action remember)
{
    public IReadOnlyList<(string Node, int Generation)> Settle(IReadOnlyList<RememberedInstance> remembered, PluginScan plugins)
    {
        List<(string, int)> adopted = [];
        foreach (RememberedInstance instance in remembered)
        {
            NodeManifest? manifest = plugins.Manifests.FirstOrDefault(candidate => candidate.Name == instance.Node);
            if (manifest is { Survives: true, DisabledBecause: null } && TryAdopt(instance, manifest))
            {
                SupervisorLog.Adopted(parts.Logger, instance.Node, instance.Identity.Pid);
                adopted.Add((instance.Node, instance.Generation));
                loop.Post((machine, now) => machine.Adopt(instance.Node, instance.Generation, instance.Identity.Pid, now));
            }
            else if (parts.Processes.KillLeftovers(instance.Identity) > 0)
            {
                SupervisorLog.Leftover(parts.Logger, instance.Node, instance.Identity.Pid);
            }
        }

        remember();
        return adopted;
    }

    private bool TryAdopt(RememberedInstance instance, NodeManifest manifest)
    {
        var listener = new InstanceListener(manifest, instance.Generation, loop, live, parts.Logs.For(instance.Node), remember);
        live.Add(instance.Node, instance.Generation, instance.Token);
        try
        {
            LaunchSpec spec = parts.SpecOf(manifest, instance.Generation, instance.Token);
            if (parts.Processes.TryAdopt(spec, instance.Identity, listener))
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LocalCastException)
        {
            SupervisorLog.CannotRecall(parts.Logger, instance.Node, e.Message);
        }

        live.Remove(instance.Node, instance.Generation);
        return false;
    }
}
