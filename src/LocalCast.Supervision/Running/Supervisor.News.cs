namespace LocalCast.Supervision;

/// <content>What the place where nodes join has to tell. A generation of 0 is a participant that was not started here.</content>
public sealed partial class Supervisor
{
    /// <summary>A participant joined.</summary>
    public void Joined(string name, int generation, string? version, bool isReady, int? pid) => _loop.Post((machine, now) =>
    {
        if (Live.HasName(name, generation))
        {
            _parts.Bus.MoveName(name, generation); // it may have been let in as a stand-by just before the name became its own
        }

        machine.Joined(name, generation, version, isReady, pid, now);
        if (generation == 0 && IsMissed(name))
        {
            Load(machine, now); // a name that was unknown when the manifests were judged
        }
    });

    /// <summary>A participant serves from now on.</summary>
    public void BecameReady(string name, int generation) => _loop.Post((machine, now) => machine.BecameReady(name, generation, now));

    /// <summary>A participant is gone.</summary>
    public void Left(string name, int generation) => _loop.Post((machine, now) => machine.Left(name, generation, now));

    /// <summary>Other agents have these nodes ready, each in these versions.</summary>
    public void MeshChanged(IReadOnlyDictionary<string, IReadOnlyList<string?>> nodes) => _loop.Post((machine, now) => machine.MeshChanged(nodes, now));

    /// <summary>A node answered its ping.</summary>
    public void Ponged(string name, int generation) => _loop.Post((machine, now) => machine.Ponged(name, generation, now));

    /// <summary>A node asks for more time to end.</summary>
    public void Extended(string name, int generation, TimeSpan more) => _loop.Post((machine, now) => machine.Extended(name, generation, more, now));

    /// <summary>A node does not know how to end when asked in band.</summary>
    public void CannotStop(string name, int generation) => _loop.Post((machine, now) => machine.CannotStop(name, generation, now));

    /// <summary>An instance has no call in flight.</summary>
    public void Drained(string name, int generation) => _loop.Post((machine, now) => machine.Drained(name, generation, now));

    /// <summary>An instance wanted to join under another node's name.</summary>
    public void Misnamed(string node, int generation, string wanted) => _loop.Post((machine, now) => machine.Misnamed(node, generation, wanted, now));

    private bool IsMissed(string name) => Graph.Refusals.Count > 0
        && Graph.Manifests.Any(manifest => Graph.Refusals.ContainsKey(manifest.Name) && manifest.Requires.Any(requirement => requirement.Node == name));
}
