namespace LocalCast.Agent.Mesh;

/// <summary>Which notices are worth a line for people: those that may come with every message are a few lines per peer and moment, so that nobody fills the log of another. Bounded.</summary>
internal sealed class NoticeThrottle(TimeProvider timeProvider)
{
    private const int Most = 5;
    private const int MostRemembered = 1024;

    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Notice, string? Peer), (long Since, int Count)> _told = [];

    /// <summary>Called by one thread at a time.</summary>
    public bool IsWorthALine(string notice, string? peer)
    {
        if (_told.Count >= MostRemembered)
        {
            _told.Clear();
        }

        (long since, int count) = _told.TryGetValue((notice, peer), out (long Since, int Count) known) && timeProvider.GetElapsedTime(known.Since) < _moment
            ? known
            : (timeProvider.GetTimestamp(), 0);
        _told[(notice, peer)] = (since, count + 1);
        return count < Most;
    }
}
