using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>The subscriptions of one participant, bounded in number and in tokens: a token is what a subscription costs the agent in memory.</summary>
internal sealed class SubscriptionShare
{
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private int _tokens;

    public IReadOnlyCollection<string> Topics => _topics;

    /// <summary>Adds a subscription; one that is there already is no error and nothing new.</summary>
    public ErrorInfo? TryAdd(string topic, BroadcasterOptions options, out bool isNew)
    {
        isNew = false;
        if (_topics.Contains(topic))
        {
            return null;
        }

        if (_topics.Count >= options.MaxSubscriptions)
        {
            return Errors.TooManySubscriptions(options.MaxSubscriptions);
        }

        int tokens = Topic.CountTokens(topic);
        if (tokens > options.MaxSubscriptionTokens - _tokens)
        {
            return Errors.TooManySubscriptionTokens(options.MaxSubscriptionTokens);
        }

        _tokens += tokens;
        isNew = _topics.Add(topic);
        return null;
    }

    public bool Remove(string topic)
    {
        bool removed = _topics.Remove(topic);
        _tokens -= removed ? Topic.CountTokens(topic) : 0;
        return removed;
    }
}
