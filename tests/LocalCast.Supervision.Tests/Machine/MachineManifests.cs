namespace LocalCast.Supervision.Tests;

/// <summary>Short ways to write manifests.</summary>
internal static class MachineManifests
{
    internal static NodeManifest Of(string name, params Requirement[] requires) => new()
    {
        Name = name,
        Folder = $"/plugins/{name}",
        Source = $"/plugins/{name}/node.json",
        Fingerprint = "1",
        Run = new RunSpec { Exec = name },
        Requires = requires,
    };

    internal static Requirement Needs(string node, RequirementMode mode = RequirementMode.Start) => new() { Node = node, Mode = mode };

    internal static Requirement Bound(string node) => Needs(node, RequirementMode.Bind);

    internal static NodeManifest OnDemand(this NodeManifest manifest, TimeSpan? idle = null) =>
        manifest with { Activation = new ActivationSpec { Mode = ActivationMode.OnDemand, IdleTimeout = idle } };

    internal static NodeManifest ByHand(this NodeManifest manifest) =>
        manifest with { Activation = new ActivationSpec { Mode = ActivationMode.Manual } };

    internal static NodeManifest Readiness(this NodeManifest manifest, ReadinessKind kind) =>
        manifest with { Readiness = manifest.Readiness with { Kind = kind } };

    internal static NodeManifest Policy(this NodeManifest manifest, RestartPolicy policy) =>
        manifest with { Restart = manifest.Restart with { Policy = policy } };

    internal static NodeManifest Essential(this NodeManifest manifest) => manifest with { IsEssential = true };

    internal static NodeManifest ByRestart(this NodeManifest manifest) =>
        manifest with { Reload = manifest.Reload with { Mode = ReloadMode.Restart } };

    internal static NodeManifest Changed(this NodeManifest manifest, string fingerprint = "2") =>
        manifest with { Fingerprint = fingerprint, Version = $"{fingerprint}.0" };
}
