using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>The circuits of all targets that failed lately. Bounded. Passive.</summary>
/// <remarks>A target that answers anything, and be it an error of its handler, works. One that started anew begins with a closed circuit.</remarks>
internal sealed class CircuitBreakers(MeshView view, MeshOutput output)
{
    private const int Most = 4096;

    /// <summary>Who allows less learns little about the target: one impatient caller must not shut it for the others.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<MeshAddress, (CircuitBreaker Breaker, ulong Boot, int? Pid)> _breakers = [];

    /// <summary>Asks whether a call may be sent.</summary>
    /// <returns>Why not; <see langword="null"/> when it may.</returns>
    public ErrorInfo? TryPass(MeshAddress target, TimeSpan now) => Find(target) is { } breaker && !breaker.TryPass(now) ? Refusal(target, breaker, now) : null;

    /// <summary>Says what a call would get, without being one.</summary>
    public ErrorInfo? Refusal(MeshAddress target, TimeSpan now) => Find(target) is { OpenUntil: { } until } breaker && now < until ? Refusal(target, breaker, now) : null;

    /// <summary>A call was answered, by whomever.</summary>
    /// <param name="target">To whom it went.</param>
    /// <param name="error">What it failed of, if so.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="now">The time.</param>
    public void Report(MeshAddress target, ErrorInfo? error, TimeSpan sentAt, TimeSpan now)
    {
        if (view.Options.CircuitFailures <= 0)
        {
            return;
        }

        switch (error?.Code)
        {
            case LocalCastError.Timeout when now - sentAt >= LeastPatience:
            case LocalCastError.Busy or LocalCastError.NodeNotFound or LocalCastError.NodeNotReady:
                if (FindOrNew(target).Failed(error, sentAt, now))
                {
                    output.Notice("circuit_open", target.ToString(), error.ToString());
                }

                break;
            case LocalCastError.Timeout or LocalCastError.NoRoute or LocalCastError.TtlExpired or LocalCastError.Disconnected or LocalCastError.Cancelled:
                Withdrawn(target, sentAt); // these speak of the caller or of the way
                break;
            default:
                if (_breakers.Remove(target, out (CircuitBreaker Breaker, ulong, int?) known) && known.Breaker.OpenUntil is not null)
                {
                    output.Notice("circuit_closed", target.ToString());
                }

                break;
        }
    }

    /// <summary>A call that was let through was not sent, or nobody waits for its end.</summary>
    public void Withdrawn(MeshAddress target, TimeSpan sentAt) => Find(target)?.Withdrawn(sentAt);

    private static ErrorInfo Refusal(MeshAddress target, CircuitBreaker breaker, TimeSpan now) =>
        new(LocalCastError.Busy, $"'{target}' failed too often in a row and is left alone for a while; last: {breaker.LastError}")
        {
            RetryAfter = breaker.OpenUntil > now ? breaker.OpenUntil - now : TimeSpan.FromMilliseconds(100),
        };

    private CircuitBreaker? Find(MeshAddress target)
    {
        if (!_breakers.TryGetValue(target, out (CircuitBreaker Breaker, ulong Boot, int? Pid) known))
        {
            return null;
        }

        if ((known.Boot, known.Pid) == StartOf(target))
        {
            return known.Breaker;
        }

        _breakers.Remove(target);
        return null;
    }

    private CircuitBreaker FindOrNew(MeshAddress target)
    {
        if (Find(target) is { } breaker)
        {
            return breaker;
        }

        if (_breakers.Count >= Most)
        {
            _breakers.Remove(_breakers.MinBy(pair => pair.Value.Breaker.OpenUntil ?? TimeSpan.Zero).Key);
        }

        (ulong boot, int? pid) = StartOf(target);
        breaker = new CircuitBreaker(view.Options);
        _breakers[target] = (breaker, boot, pid);
        return breaker;
    }

    private (ulong Boot, int? Pid) StartOf(MeshAddress target) => target.Agent is { } agent && view.Store.TryFind(agent, out AgentDocument? document)
        ? (document.Boot, document.Nodes.FirstOrDefault(node => node.Name == target.Node)?.Pid)
        : default;
}
