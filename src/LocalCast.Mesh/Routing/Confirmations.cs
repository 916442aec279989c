using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>When nodes of other agents last showed by an answer that they live, and how to make them do so. Bounded.</summary>
internal sealed class Confirmations(MeshView view, MeshSender sender)
{
    /// <summary>After how long an agent that did not answer is asked once more.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    private const int Most = 8192;
    private readonly Dictionary<MeshAddress, TimeSpan> _confirmed = [];
    private readonly Dictionary<string, TimeSpan> _asked = new(StringComparer.Ordinal);
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-f");
    private long _last;

    /// <summary>Whether an id is that of a question of this agent.</summary>
    public bool HasAsked(string id) => id.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>A node answered a call or a discovery.</summary>
    public void Note(MeshAddress node, TimeSpan now)
    {
        if (_confirmed.Count >= Most)
        {
            _confirmed.Clear(); // costs a question each, no more
        }

        _confirmed[node] = now;
    }

    /// <summary>When a node last showed that it lives, so far as it is remembered.</summary>
    public TimeSpan? LastOf(MeshAddress node) => _confirmed.TryGetValue(node, out TimeSpan at) ? at : null;

    /// <summary>Asks the nodes of an agent to show themselves, unless that was done a moment ago.</summary>
    public void Ask(string agent, TimeSpan now)
    {
        if (_asked.TryGetValue(agent, out TimeSpan asked) && now - asked < AskAgainAfter)
        {
            return;
        }

        _asked[agent] = now;
        var ping = new Envelope
        {
            Type = MessageType.Ping,
            Id = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_last:x}"),
            From = new MeshAddress("localcast", view.Self.Id).ToString(),
        };
        sender.SendToMany([agent], ping);
    }

    /// <summary>Nobody waits any more.</summary>
    public void Rest() => _asked.Clear();
}
