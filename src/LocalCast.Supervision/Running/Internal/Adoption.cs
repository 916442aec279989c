namespace LocalCast.Supervision.Internal;

/// <summary>What becomes of the instances that a killed agent left: those that were to survive it are adopted, the others ended.</summary>
internal sealed class Adoption(SupervisorParts parts, SupervisorLoop loop, LiveInstances live, Action<bool> remember)
{
    public IReadOnlyList<RememberedInstance> Settle(IReadOnlyList<RememberedInstance> remembered, PluginScan plugins)
    {
        List<RememberedInstance> adopted = [];
        List<RememberedInstance> left = [];
        foreach (RememberedInstance instance in remembered)
        {
            NodeManifest? manifest = plugins.Manifests.FirstOrDefault(candidate => candidate.Name == instance.Node);
            if (manifest is { Survives: true, DisabledBecause: null } && TryAdopt(instance, manifest))
            {
                adopted.Add(instance);
                continue;
            }

            left.Add(instance);
        }

        End(left);
        if (remembered.Count > 0)
        {
            remember(true); // an agent that never ran a node leaves no file
        }

        return adopted;
    }

    // Together: to look through all processes takes milliseconds, and nodes wait for it.
    private void End(List<RememberedInstance> left)
    {
        Dictionary<Leftover, string> nodes = left.DistinctBy(LeftoverOf).ToDictionary(LeftoverOf, instance => instance.Node);
        foreach (Leftover found in parts.Processes.KillLeftovers(nodes.Keys))
        {
            SupervisorLog.Leftover(parts.Logger, nodes[found], found.Identity.Pid);
        }

        left.ForEach(instance => OutputFiles.Delete(instance.Files ?? []));
    }

    private static Leftover LeftoverOf(RememberedInstance instance) => new(instance.Identity, instance.Token);

    private bool TryAdopt(RememberedInstance instance, NodeManifest manifest)
    {
        try
        {
            LaunchSpec spec = parts.SpecOf(manifest, instance.Generation, instance.Token);
            live.Add(instance.Node, instance.Generation, instance.Token, OutputFiles.Of(spec));
            var listener = new InstanceListener(spec, loop, live, parts.Logs.For(instance.Node), remember);
            if (parts.Processes.TryAdopt(spec, instance.Identity, listener))
            {
                return true;
            }
        }
        catch (Exception e)
        {
            SupervisorLog.CannotRecall(parts.Logger, instance.Node, e.Message); // whatever it was: it is ended instead, and the others are adopted
        }

        live.Remove(instance.Node, instance.Generation);
        return false;
    }
}
