namespace LocalCast.Supervision.Internal;

/// <summary>
/// Has nodes of other agents show that they live before what requires them freshly is started: that an agent had them ready may be as old
/// as the last time it could be reached.
/// </summary>
internal sealed class Proofs(Board board)
{
    /// <summary>Whoever does not wait any more is asked for no longer than this.</summary>
    private static readonly TimeSpan _longestAsk = TimeSpan.FromSeconds(10);

    /// <summary>The mesh may say at once that nobody can be asked.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>Judges by what was shown; asks for what was not, also after its time: a node that shows itself late is started late.</summary>
    internal Verdict Weigh(Node node, IReadOnlyList<Requirement> requirements)
    {
        node.Wait.AskDue = null;
        List<string> on = [];
        TimeSpan? due = null;
        Requirement? late = null;
        foreach (Requirement requirement in requirements)
        {
            Proof proof = ProofOf(node, requirement.Node);
            if (board.Now - proof.ShownAt <= requirement.Freshness)
            {
                continue;
            }

            Ask(node, requirement, proof);
            on.Add(requirement.Node);
            TimeSpan end = (proof.WantedAt ??= board.Now) + requirement.Timeout;
            if (end <= board.Now)
            {
                late ??= requirement;
            }
            else
            {
                due = Due.Min(due, end);
            }
        }

        return late is null
            ? new Verdict(on, due, null)
            : new Verdict([late.Node], null, new Chain([late.Node], $"it is said to be ready, and does not show it (waited {Due.Say(late.Timeout)})"));
    }

    /// <summary>Takes in an answer.</summary>
    /// <returns>Whether anybody still waits for it.</returns>
    internal bool Take(Node node, string needed, bool isShown)
    {
        if (node.Wait.Proofs?.GetValueOrDefault(needed) is not { } proof)
        {
            return false;
        }

        (proof.IsAsked, proof.AskAgainAt) = (false, board.Now + _pause);
        if (isShown)
        {
            (proof.ShownAt, proof.WantedAt, proof.AskAgainAt) = (board.Now, null, null);
        }

        return true;
    }

    private static Proof ProofOf(Node node, string needed)
    {
        Dictionary<string, Proof> proofs = node.Wait.Proofs ??= new(StringComparer.Ordinal);
        if (!proofs.TryGetValue(needed, out Proof? proof))
        {
            proofs[needed] = proof = new Proof();
        }

        return proof;
    }

    private void Ask(Node node, Requirement requirement, Proof proof)
    {
        if (proof.IsAsked)
        {
            return;
        }

        if (proof.AskAgainAt > board.Now)
        {
            node.Wait.AskDue = Due.Min(node.Wait.AskDue, proof.AskAgainAt);
            return;
        }

        (proof.IsAsked, proof.AskAgainAt) = (true, null);
        board.Emit(new Effect.AskMesh(node.Name, requirement, requirement.Timeout < _longestAsk ? requirement.Timeout : _longestAsk));
    }
}

/// <summary>Whether a node of another agent has shown itself to one that requires it.</summary>
internal sealed class Proof
{
    /// <summary>Since when it should; <see langword="null"/> when it has.</summary>
    internal TimeSpan? WantedAt { get; set; }

    internal TimeSpan? ShownAt { get; set; }

    internal bool IsAsked { get; set; }

    internal TimeSpan? AskAgainAt { get; set; }
}
