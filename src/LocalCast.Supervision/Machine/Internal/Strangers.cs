namespace LocalCast.Supervision.Internal;

/// <summary>Participants that joined by themselves. They count as up; to end them they can only be asked.</summary>
internal sealed class Strangers(Board board)
{
    internal void Joined(string name, string? version, bool isReady, int? pid) =>
        Set(name, new ForeignInstance(version, pid) { IsReady = isReady });

    internal void BecameReady(string name)
    {
        if (board.Foreigners.TryGetValue(name, out ForeignInstance? foreign))
        {
            foreign.IsReady = true;
            Set(name, foreign);
        }
    }

    internal void Left(string name) => Set(name, null);

    /// <summary>Looks whether one that was asked to end did not, or one that was to come back.</summary>
    internal void Tick(Node node)
    {
        if (Due.HasCome(node.ForeignDue, board.Now))
        {
            node.ForeignDue = null;
        }

        if (node.Foreign is { } foreign && Due.HasCome(foreign.AskedUntil, board.Now))
        {
            foreign.AskedUntil = null;
            board.Record(node, "it was asked to end and did not; it was not started by the supervisor", By.Agent, isLoud: true);
            board.Spread(node);
        }
    }

    private void Set(string name, ForeignInstance? foreign)
    {
        if (foreign is null)
        {
            board.Foreigners.Remove(name);
        }
        else
        {
            board.Foreigners[name] = foreign;
        }

        if (board.Nodes.TryGetValue(name, out Node? node))
        {
            node.Foreign = foreign;
            node.ForeignDue = foreign is null ? node.ForeignDue : null;
            board.Spread(node);
        }

        board.TouchDependents(name);
    }
}
