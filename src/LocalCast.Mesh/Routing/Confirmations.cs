using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>When nodes of other agents last showed by an answer that they live, and how to make them do so. Bounded.</summary>
internal sealed class Confirmations(MeshView view, MeshSender sender)
{
    private const int Most = 8192;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, TimeSpan> _confirmed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _asked = new(StringComparer.Ordinal);
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-f");
    private long _last;

    /// <summary>Whether an id is that of a question of this agent.</summary>
    public bool HasAsked(string id) => id.StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>A node answered a call or a discovery.</summary>
    public void Note(string address, TimeSpan now)
    {
        if (_confirmed.Count >= Most)
        {
            _confirmed.Clear(); // costs a question each, no more
        }

        _confirmed[address] = now;
    }

    /// <summary>Whether a node showed within a time that it lives; its agent is asked if not.</summary>
    public bool IsFresh(MeshAddress node, TimeSpan within, TimeSpan now)
    {
        if (_confirmed.TryGetValue(node.ToString(), out TimeSpan at) && now - at <= within)
        {
            return true;
        }

        if (!_asked.TryGetValue(node.Agent!, out TimeSpan asked) || now - asked >= AskAgainAfter)
        {
            _asked[node.Agent!] = now;
            var ping = new Envelope
            {
                Type = MessageType.Ping,
                Id = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_last:x}"),
                From = new MeshAddress("localcast", view.Self.Id).ToString(),
            };
            sender.SendToMany([node.Agent!], ping);
        }

        return false;
    }

    /// <summary>Nobody waits any more.</summary>
    public void Rest() => _asked.Clear();
}
