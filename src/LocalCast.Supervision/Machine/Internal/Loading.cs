namespace LocalCast.Supervision.Internal;

/// <summary>Takes in the manifests as they were read: the first time, and whenever they were read again.</summary>
internal sealed class Loading(Board board, Launches launches, UpgradeWishes wishes)
{
    private readonly Dictionary<string, (int Generation, int Pid)> _survivors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _foreigners = new(StringComparer.Ordinal);

    /// <summary>Remembers a process that lives on from an agent before this one, until its manifest is read.</summary>
    internal void Expect(string name, int generation, int pid) => _survivors[name] = (generation, pid);

    /// <summary>Remembers that somebody had joined by a node's name before this agent, until the first manifests are read.</summary>
    internal void ExpectForeigner(string name) => _foreigners.Add(name);

    internal void Load(IReadOnlyList<NodeManifest> manifests, IReadOnlyDictionary<string, string> refusals)
    {
        HashSet<string> loaded = new(StringComparer.Ordinal);
        foreach (NodeManifest manifest in manifests)
        {
            loaded.Add(manifest.Name);
            string? refusal = refusals.GetValueOrDefault(manifest.Name);
            if (board.Nodes.TryGetValue(manifest.Name, out Node? node))
            {
                Update(node, manifest, refusal);
            }
            else
            {
                Add(manifest, refusal);
            }
        }

        foreach (Node node in board.Nodes.Values)
        {
            node.IsGone = !loaded.Contains(node.Name);
            board.Touch(node);
        }

        EndUnknownSurvivors();
        _foreigners.Clear();
    }

    private void Add(NodeManifest manifest, string? refusal)
    {
        var node = new Node(manifest) { Refusal = refusal, Since = board.Now, Foreign = board.Foreigners.GetValueOrDefault(manifest.Name) };
        if (board.TryTakeStop(manifest.Name, out string? by))
        {
            (node.StoppedBy, node.WasStoppedBefore) = (by, true);
        }

        if (_foreigners.Contains(manifest.Name) && node.Foreign is null)
        {
            node.ForeignDue = board.Now + board.Options.ForeignReturn;
        }

        board.Nodes.Add(manifest.Name, node);
        board.Dependents.Enter(node);
        board.TouchDependents(manifest.Name);
        WantAtBoot(node);
        if (_survivors.Remove(manifest.Name, out (int Generation, int Pid) survivor))
        {
            node.Wanting = node.Wanting == Wanting.Nobody ? Wanting.Demand : node.Wanting;
            launches.Adopt(node, survivor.Generation, survivor.Pid);
        }
    }

    private void Update(Node node, NodeManifest manifest, string? refusal)
    {
        bool isSame = node.Loaded.Fingerprint == manifest.Fingerprint && !node.IsGone;
        bool isInForce = node.Manifest.Fingerprint == manifest.Fingerprint;
        node.Rejected = isSame && ReferenceEquals(node.Rejected, node.Loaded) ? manifest : null;
        node.Refusal = refusal;
        node.Loaded = manifest;
        if (isInForce)
        {
            node.Manifest = manifest; // what an instance would notice is the same; times and requirements count from now on
        }

        board.Dependents.Enter(node);
        WantAtBoot(node);
        if (!isSame && node.IsAlive)
        {
            Wish(node, isInForce);
        }
        else if (!isSame && node.Rest is { State: not SupervisedState.Completed })
        {
            Restarts.Reset(node);
        }
    }

    // What an operator asked for is done, also when the manifest is again what it was.
    private void Wish(Node node, bool isInForce)
    {
        if (node.Refusal is { } refusal)
        {
            wishes.Refuse(node, refusal);
        }
        else if (!isInForce)
        {
            wishes.Request(node, node.UpgradeWish ?? By.Agent);
        }
        else if (node.UpgradeWish == By.Agent)
        {
            wishes.Withdraw(node);
        }
    }

    private static void WantAtBoot(Node node)
    {
        if (node.Loaded.Activation.Mode == ActivationMode.Boot && node.Wanting is Wanting.Nobody or Wanting.Demand)
        {
            node.Wanting = Wanting.Boot;
        }
    }

    // A process whose plugin is gone has nobody who would ever end it.
    private void EndUnknownSurvivors()
    {
        foreach ((string name, (int generation, _)) in _survivors)
        {
            board.Emit(new Effect.Kill(name, generation));
        }

        _survivors.Clear();
    }
}
