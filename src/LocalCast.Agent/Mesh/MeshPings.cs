using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>Discoveries that cross between the hub and the mesh, each with another number on the other side. They are forgotten when answers no longer count.</summary>
internal sealed class MeshPings(TimeProvider timeProvider)
{
    private const int Most = 2048;
    private const long FirstOwn = 1L << 62; // above every number of a call, of whichever connection

    private static readonly TimeSpan _kept = PingRounds<object>.Window + TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Asked> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<long, (string Asker, string Id)> _own = [];
    private readonly Queue<(long Number, bool IsOwn, long Since)> _inOrder = new();
    private long _last = FirstOwn;

    /// <summary>A participant of this machine asks.</summary>
    public long EnterOwn(string asker, string id)
    {
        lock (_lock)
        {
            long number = Next_NeedsLock(isOwn: true);
            _own.Add(number, (asker, id));
            return number;
        }
    }

    /// <summary>A participant elsewhere asks.</summary>
    /// <returns>What the discovery is called in the hub.</returns>
    /// <param name="asker">Who.</param>
    /// <param name="id">What it calls the discovery.</param>
    /// <param name="isForOne">Whether it asks one node only, so that an error is the only answer.</param>
    public string Enter(string asker, string id, bool isForOne = false)
    {
        lock (_lock)
        {
            string name = NameOf(Next_NeedsLock(isOwn: false));
            _others.Add(name, new Asked(asker, id, isForOne));
            return name;
        }
    }

    public bool TryFindOwn(long number, [MaybeNullWhen(false)] out (string Asker, string Id) ping)
    {
        lock (_lock)
        {
            return _own.TryGetValue(number, out ping);
        }
    }

    public bool TryFind(string name, out Asked ping)
    {
        lock (_lock)
        {
            return _others.TryGetValue(name, out ping);
        }
    }

    /// <summary>A discovery from elsewhere.</summary>
    internal readonly record struct Asked(string Asker, string Id, bool IsForOne);

    private long Next_NeedsLock(bool isOwn)
    {
        long now = timeProvider.GetTimestamp();
        while (_inOrder.TryPeek(out (long Number, bool IsOwn, long Since) oldest) && (_inOrder.Count >= Most || timeProvider.GetElapsedTime(oldest.Since, now) >= _kept))
        {
            _inOrder.Dequeue();
            _ = oldest.IsOwn ? _own.Remove(oldest.Number) : _others.Remove(NameOf(oldest.Number));
        }

        _inOrder.Enqueue((++_last, isOwn, now));
        return _last;
    }

    private static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"p{number - FirstOwn}");
}
