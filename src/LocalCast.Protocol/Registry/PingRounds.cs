namespace LocalCast.Protocol;

/// <summary>Discovery rounds under way: who asked, and whose answers are still out. Answers within 5 s count, later ones do not. Passive; the owner locks.</summary>
public sealed class PingRounds<T>(int mostRounds)
    where T : class
{
    /// <summary>How long answers count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    /// <summary>The most rounds of one asker at a time, so that none takes all.</summary>
    public const int MostPerAsker = 8;

    private readonly Dictionary<(T Asker, string Id), Round> _rounds = [];

    /// <summary>Rounds under way.</summary>
    public int Count => _rounds.Count;

    /// <summary>When the oldest round ends.</summary>
    public TimeSpan NextDeadline => _rounds.Count == 0 ? TimeSpan.MaxValue : _rounds.Values.Min(r => r.Deadline);

    /// <summary>Starts a round.</summary>
    /// <param name="asker">Who asks.</param>
    /// <param name="id">What the asker calls the round.</param>
    /// <param name="asked">Who is asked, one answer each.</param>
    /// <param name="now">The time.</param>
    /// <param name="others">How many answers come from those who are not told apart: nodes of other agents.</param>
    /// <param name="mostOfAsker">How many rounds this asker may have at a time; more for one who asks for many.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool TryStart(T asker, string id, IEnumerable<T> asked, TimeSpan now, int others = 0, int mostOfAsker = MostPerAsker)
    {
        if (_rounds.Count >= mostRounds || _rounds.ContainsKey((asker, id)) || _rounds.Keys.Count(key => ReferenceEquals(key.Asker, asker)) >= mostOfAsker)
        {
            return false;
        }

        var round = new Round([.. asked], now + Window, others);
        if (!round.IsComplete)
        {
            _rounds.Add((asker, id), round);
        }

        return true;
    }

    /// <summary>An answer came.</summary>
    /// <returns>Whether it counts: it was asked for, is the first of its sender, and is in time.</returns>
    public bool TryAnswer(T asker, string id, T answerer, TimeSpan now)
    {
        if (!_rounds.TryGetValue((asker, id), out Round? round) || now > round.Deadline || !round.Pending.Remove(answerer))
        {
            return false;
        }

        if (round.IsComplete)
        {
            _rounds.Remove((asker, id));
        }

        return true;
    }

    /// <summary>One of the others answered.</summary>
    /// <returns>Whether it counts.</returns>
    public bool TryAnswerOther(T asker, string id, TimeSpan now)
    {
        if (!_rounds.TryGetValue((asker, id), out Round? round) || now > round.Deadline || round.Others == 0)
        {
            return false;
        }

        round.Others--;
        if (round.IsComplete)
        {
            _rounds.Remove((asker, id));
        }

        return true;
    }

    /// <summary>A participant left: its own rounds end, and the rounds that awaited it expect one answer less.</summary>
    /// <returns>The rounds that now expect fewer, and how many answers they expect in all.</returns>
    public IReadOnlyList<(T Asker, string Id, int Asked)> Leave(T participant)
    {
        List<(T, string, int)> fewer = [];
        foreach (((T Asker, string Id) key, Round round) in _rounds.ToArray())
        {
            if (ReferenceEquals(key.Asker, participant))
            {
                _rounds.Remove(key);
            }
            else if (round.Pending.Remove(participant))
            {
                fewer.Add((key.Asker, key.Id, --round.Asked));
                if (round.IsComplete)
                {
                    _rounds.Remove(key);
                }
            }
        }

        return fewer;
    }

    /// <summary>Those who are not told apart cannot be reached any more: nobody waits for their answers.</summary>
    /// <returns>As <see cref="Leave"/>.</returns>
    public IReadOnlyList<(T Asker, string Id, int Asked)> LeaveOthers()
    {
        List<(T, string, int)> fewer = [];
        foreach ((T Asker, string Id) key in _rounds.Where(entry => entry.Value.Others > 0).Select(entry => entry.Key).ToArray())
        {
            fewer.Add((key.Asker, key.Id, ForgetOthers(key.Asker, key.Id)));
        }

        return fewer;
    }

    /// <summary>One that was to be asked could not be.</summary>
    /// <returns>How many answers the round expects now.</returns>
    public int Forget(T asker, string id, T participant)
    {
        if (!_rounds.TryGetValue((asker, id), out Round? round) || !round.Pending.Remove(participant))
        {
            return round?.Asked ?? 0;
        }

        if (round.IsComplete)
        {
            _rounds.Remove((asker, id));
        }

        return --round.Asked;
    }

    /// <summary>The others could not be asked.</summary>
    /// <returns>How many answers the round expects now.</returns>
    public int ForgetOthers(T asker, string id)
    {
        if (!_rounds.TryGetValue((asker, id), out Round? round))
        {
            return 0;
        }

        round.Asked -= round.Others;
        round.Others = 0;
        if (round.IsComplete)
        {
            _rounds.Remove((asker, id));
        }

        return round.Asked;
    }

    /// <summary>Ends the rounds whose time is over.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (((T Asker, string Id) key, Round round) in _rounds.ToArray())
        {
            if (now > round.Deadline)
            {
                _rounds.Remove(key);
            }
        }
    }

    private sealed class Round(HashSet<T> pending, TimeSpan deadline, int others)
    {
        public HashSet<T> Pending => pending;

        public TimeSpan Deadline => deadline;

        public int Others { get; set; } = others;

        public int Asked { get; set; } = pending.Count + others;

        public bool IsComplete => pending.Count == 0 && Others == 0;
    }
}
