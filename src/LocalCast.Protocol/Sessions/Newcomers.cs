namespace LocalCast.Protocol;

/// <summary>What is said to a newcomer.</summary>
public enum NewcomerVerdict
{
    /// <summary>It is in.</summary>
    Admitted,

    /// <summary>Its own source has as many as one may have, and all of them came only just now.</summary>
    SourceIsFull,

    /// <summary>There is no room, and nobody who takes more of it than the newcomer would.</summary>
    AllIsFull,
}

/// <summary>
/// Connections that have yet to say who they are. Bounded in all and for each source, so that who only keeps places taken keeps them from himself: honest ones
/// are through within a round trip. Passive; the owner locks.
/// </summary>
/// <remarks>
/// Beyond a bound the newcomer takes the place of the oldest of its own source that has had its moment, or else, where all is full, of the oldest of the source that
/// has most. Without the moment, many who come at once from behind one address would throw each other out, and nobody would get through.
/// </remarks>
/// <param name="most">The most of all.</param>
/// <param name="mostEach">The most of one source; this machine has no such bound.</param>
/// <param name="moment">How long nobody has to make room for others of its own source.</param>
public sealed class Newcomers<T>(int most, int mostEach, TimeSpan moment)
    where T : class
{
    private readonly List<Newcomer> _all = []; // the oldest first

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>Lets one in, if there is room or somebody who has to make it.</summary>
    /// <param name="newcomer">Who comes.</param>
    /// <param name="source">From where.</param>
    /// <param name="now">The time.</param>
    /// <param name="evicted">Who is in no more, and is to be closed by the owner.</param>
    public NewcomerVerdict Admit(T newcomer, RemoteSource source, TimeSpan now, out T? evicted)
    {
        evicted = null;
        int ofSource = CountOf(source);
        bool isSourceFull = !source.IsThisMachine && ofSource >= mostEach;
        if (isSourceFull || _all.Count >= most)
        {
            int place = isSourceFull ? OldestOf(source, now) : WhoMakesRoom(source, ofSource, now);
            if (place < 0)
            {
                return isSourceFull ? NewcomerVerdict.SourceIsFull : NewcomerVerdict.AllIsFull;
            }

            evicted = _all[place].Who;
            _all.RemoveAt(place);
        }

        _all.Add(new Newcomer(newcomer, source, now));
        return NewcomerVerdict.Admitted;
    }

    /// <summary>One has said who it is, or has gone.</summary>
    /// <returns>Whether it was in.</returns>
    public bool Remove(T newcomer)
    {
        int place = _all.FindIndex(other => other.Who.Equals(newcomer));
        if (place >= 0)
        {
            _all.RemoveAt(place);
        }

        return place >= 0;
    }

    private int CountOf(RemoteSource source) => _all.Count(other => other.Source == source);

    private int WhoMakesRoom(RemoteSource source, int ofSource, TimeSpan now)
    {
        if (_all.Count == 0)
        {
            return -1; // there is no room for anybody
        }

        // Groups come in the order of their oldest, and MaxBy takes the first of equals.
        IGrouping<RemoteSource, Newcomer> largest = _all.GroupBy(other => other.Source).MaxBy(group => group.Count())!;
        return largest.Count() > ofSource ? _all.IndexOf(largest.First()) : OldestOf(source, now);
    }

    private int OldestOf(RemoteSource source, TimeSpan now)
    {
        int place = _all.FindIndex(other => other.Source == source);
        return place >= 0 && now - _all[place].Since >= moment ? place : -1;
    }

    private sealed record Newcomer(T Who, RemoteSource Source, TimeSpan Since);
}
