using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>Tells a name that the agent looks after from one that it does not, and says what the matter is with the latter.</summary>
internal sealed class KnownNodes(Supervisor supervisor, NodeRows rows)
{
    /// <summary>The name, if the agent looks after that node.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.NodeNotFound"/>: it does not.</exception>
    public string Check(string node)
    {
        if (supervisor.Views.ContainsKey(node))
        {
            return node;
        }

        if (rows.Find(node) is not null)
        {
            throw new LocalCastException(LocalCastError.NodeNotFound, $"'{node}' joined by itself: the agent does not look after it, did not start it, and knows no more of it than ps shows");
        }

        string hint = NearMiss.Find(node, supervisor.Views.Keys) is { } meant ? $" (did you mean '{meant}'?)" : "";
        throw new LocalCastException(LocalCastError.NodeNotFound, $"the agent looks after no node named '{node}'{hint}");
    }
}
