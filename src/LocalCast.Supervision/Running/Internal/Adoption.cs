namespace LocalCast.Supervision.Internal;

/// <summary>What becomes of the instances that a killed agent left: those that were to survive it are adopted, the others ended.</summary>
internal sealed class Adoption(SupervisorParts parts, SupervisorLoop loop, LiveInstances live, Action<bool> remember)
{
    public IReadOnlyList<RememberedInstance> Settle(IReadOnlyList<RememberedInstance> remembered, PluginScan plugins)
    {
        List<RememberedInstance> adopted = [];
        foreach (RememberedInstance instance in remembered)
        {
            NodeManifest? manifest = plugins.Manifests.FirstOrDefault(candidate => candidate.Name == instance.Node);
            if (manifest is { Survives: true, DisabledBecause: null } && TryAdopt(instance, manifest))
            {
                adopted.Add(instance);
                continue;
            }

            if (parts.Processes.KillLeftovers(instance.Identity) > 0)
            {
                SupervisorLog.Leftover(parts.Logger, instance.Node, instance.Identity.Pid);
            }

            OutputFiles.Delete(instance.Files ?? []);
        }

        if (remembered.Count > 0)
        {
            remember(true); // an agent that never ran a node leaves no file
        }

        return adopted;
    }

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
