namespace LocalCast.Protocol;

/// <summary>Who subscribes to what, with wildcards. Each subscriber is found once, however many of its subscriptions match. Passive; the owner locks.</summary>
/// <remarks>A trie of tokens: a match visits at most the nodes that are there, whatever the topic.</remarks>
public sealed class SubscriptionTable<T>
    where T : notnull
{
    private readonly TrieNode _root = new();

    /// <summary>Whether nothing is kept: no subscription, and no branch that one left behind.</summary>
    public bool IsEmpty => _root.IsEmpty;

    /// <summary>Adds a subscription; adding it twice changes nothing.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(string pattern, T subscriber)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        TrieNode node = _root;
        foreach (string token in pattern.Split('.'))
        {
            node = node.ChildOrNew(token);
        }

        return (node.Subscribers ??= []).Add(subscriber);
    }

    /// <summary>Removes a subscription, and the branches of the trie that it alone held.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string pattern, T subscriber)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        string[] tokens = pattern.Split('.');
        var path = new TrieNode[tokens.Length + 1];
        path[0] = _root;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (path[i].Child(tokens[i]) is not { } next)
            {
                return false;
            }

            path[i + 1] = next;
        }

        bool removed = path[^1].Subscribers?.Remove(subscriber) ?? false;
        for (int i = tokens.Length; i > 0 && path[i].IsEmpty; i--)
        {
            path[i - 1].RemoveChild(tokens[i - 1]);
        }

        return removed;
    }

    /// <summary>Adds every subscriber of a topic to <paramref name="found"/>.</summary>
    public void Match(string topic, ISet<T> found)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(found);
        ReadOnlySpan<string> tokens = topic.Split('.');
        if (topic.StartsWith(Topic.ReservedPrefix, StringComparison.Ordinal))
        {
            // The agent's own topics are for who asks for them by name: who takes all that participants publish does not expect them.
            if (_root.Child(tokens[0]) is { } reserved)
            {
                Match(reserved, tokens[1..], found);
            }

            return;
        }

        Match(_root, tokens, found);
    }

    private static void Match(TrieNode node, ReadOnlySpan<string> rest, ISet<T> found)
    {
        if (rest.IsEmpty)
        {
            found.UnionWith(node.Subscribers ?? []);
            return;
        }

        found.UnionWith(node.Child(Topic.AnyTail)?.Subscribers ?? []);
        if (node.Child(rest[0]) is { } exact)
        {
            Match(exact, rest[1..], found);
        }

        if (node.Child(Topic.AnyToken) is { } any)
        {
            Match(any, rest[1..], found);
        }
    }

    private sealed class TrieNode
    {
        private Dictionary<string, TrieNode>? _children;

        public HashSet<T>? Subscribers { get; set; }

        public bool IsEmpty => _children is null or { Count: 0 } && Subscribers is null or { Count: 0 };

        public TrieNode? Child(string token) => _children?.GetValueOrDefault(token);

        public TrieNode ChildOrNew(string token)
        {
            _children ??= new Dictionary<string, TrieNode>(StringComparer.Ordinal);
            return _children.TryGetValue(token, out TrieNode? child) ? child : _children[token] = new TrieNode();
        }

        public void RemoveChild(string token) => _children!.Remove(token);
    }
}
