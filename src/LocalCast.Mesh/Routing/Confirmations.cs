using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>When nodes of other agents last showed by an answer that they live, and how to make them do so. Bounded.</summary>
internal sealed class Confirmations(MeshView view, MeshSender sender)
{
    /// <summary>After how long an agent that did not answer is asked once more.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Of nodes that somebody may wait for as many are remembered as there are, of others not more.</summary>
    private const int Most = 8192;

    private readonly Dictionary<MeshAddress, TimeSpan> _confirmed = [];
    private readonly Dictionary<string, TimeSpan> _asked = new(StringComparer.Ordinal);
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-f");
    private int _most = Most;
    private long _last;

    /// <summary>Whether an id is that of a question of this agent.</summary>
    public bool HasAsked(string id) => id.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>A node answered a call or a discovery.</summary>
    public void Note(MeshAddress node, TimeSpan now)
    {
        if (_confirmed.Count >= _most)
        {
            ForgetOthers();
        }

        _confirmed[node] = now;
    }

    /// <summary>When a node last showed that it lives, so far as it is remembered.</summary>
    public TimeSpan? LastOf(MeshAddress node) => _confirmed.TryGetValue(node, out TimeSpan at) ? at : null;

    /// <summary>Asks the nodes of agents to show themselves, of each agent unless that was done a moment ago.</summary>
    public void Ask(IEnumerable<string> agents, TimeSpan now)
    {
        string[] due = [.. agents.Where(agent => !_asked.TryGetValue(agent, out TimeSpan asked) || now - asked >= AskAgainAfter)];
        if (due.Length == 0)
        {
            return;
        }

        if (_asked.Count + due.Length > Most)
        {
            _asked.Clear(); // agents come and go while somebody waits; it costs a question each
        }

        foreach (string agent in due)
        {
            _asked[agent] = now;
        }

        sender.SendToMany(due, new Envelope
        {
            Type = MessageType.Ping,
            Id = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_last:x}"),
            From = new MeshAddress("localcast", view.Self.Id).ToString(),
        });
    }

    /// <summary>Nobody waits any more.</summary>
    public void Rest() => _asked.Clear();

    /// <summary>Forgets nodes of which no document tells that they are ready: whoever was asked answers for all of its nodes, and any agent may say any name. Who waits for hundreds of agents at once needs the others together.</summary>
    private void ForgetOthers()
    {
        foreach (MeshAddress node in _confirmed.Keys)
        {
            if (view.Nodes.FindReady(node) is null)
            {
                _confirmed.Remove(node);
            }
        }

        _most = Math.Max(Most, _confirmed.Count * 2);
    }
}
