namespace LocalCast.Mesh;

/// <summary>Participants that wait until nodes are ready somewhere in the mesh and, if they want that, have just shown it: what a document says may be as old as the last time its agent could be reached.</summary>
/// <remarks>One participant may wait for 65,536 names. They are looked at in turns, so many at a time that nothing else has to wait for that.</remarks>
internal sealed class Requirements(MeshView view, MeshSender sender, MeshOutput output)
{
    /// <summary>How much is looked at on end, about in names: a millisecond or so. With the rest it goes on at the next tick.</summary>
    public const int MostSteps = 1024;

    /// <summary>To write a name into an answer takes longer than to find the node.</summary>
    private const int StepsPerAnswer = 4;

    /// <summary>Thousands of agents answer one question: beyond it their answers are looked at together, at the next tick.</summary>
    private const int MostLooksBetweenTicks = 8;

    private readonly Confirmations _confirmations = new(view, sender);
    private readonly RequirementAnswers _answers = new(view, output);

    /// <summary>All that wait; the first is the next to be looked at.</summary>
    private readonly Queue<Requirement> _turns = new();

    /// <summary>How many of those that want a fresh answer miss a node of the name: an answer of another node changes nothing for anybody.</summary>
    private readonly Dictionary<string, int> _missing = new(StringComparer.Ordinal);

    private TimeSpan _nextQuestions;
    private TimeSpan _nextDeadline = TimeSpan.MaxValue;
    private long _round;
    private int _fresh;
    private int _turnsLeft;
    private int _looks;

    /// <summary>When one of them may have waited long enough, or there is somebody to ask, or more to look at.</summary>
    public TimeSpan Due => _turnsLeft > 0 ? TimeSpan.Zero : MeshMachine.Earliest(_fresh > 0 ? _nextQuestions : TimeSpan.MaxValue, _nextDeadline);

    /// <summary>Answers it, now or once all of its nodes are there.</summary>
    public void Add(Requirement requirement, TimeSpan now)
    {
        var search = new NodeSearch(view, _confirmations, now);
        if (TryAnswer(requirement, search))
        {
            return;
        }

        if (_turns.Count >= view.Options.MostCalls)
        {
            _answers.TooMany(requirement);
            return;
        }

        Enter(requirement);
        _nextDeadline = MeshMachine.Earliest(_nextDeadline, requirement.Deadline);
        search.Ask();
    }

    public void Remove(Func<long, bool> which)
    {
        for (int left = _turns.Count; left > 0; left--)
        {
            Requirement next = Leave();
            if (!which(next.Request))
            {
                Enter(next);
            }
        }

        RestIfNobodyWaits();
    }

    /// <summary>A node answered a call or a discovery.</summary>
    public void Confirmed(string address, TimeSpan now)
    {
        var node = MeshAddress.Parse(address);
        _confirmations.Note(node, now);
        if (!_missing.ContainsKey(node.Node))
        {
            return;
        }

        _turnsLeft = _turns.Count;
        if (_looks++ < MostLooksBetweenTicks)
        {
            TakeTurns(now);
        }
    }

    /// <summary>Whether a pong answers a question of this agent itself.</summary>
    public bool HasAsked(string id) => _confirmations.HasAsked(id);

    /// <summary>Documents, paths or the participants of this machine changed: some may have what they wait for, and there may be others to ask.</summary>
    public void StateChanged(TimeSpan now)
    {
        (_nextQuestions, _turnsLeft) = (TimeSpan.Zero, _turns.Count);
        TakeTurns(now);
    }

    /// <summary>Answers what is complete, asks nodes that have not shown themselves lately, gives up what waited too long.</summary>
    public void Tick(TimeSpan now)
    {
        _looks = 0;
        if (_fresh > 0 && now >= _nextQuestions)
        {
            (_nextQuestions, _round, _turnsLeft) = (now + Confirmations.AskAgainAfter, _round + 1, _turns.Count);
        }

        if (_turnsLeft > 0)
        {
            TakeTurns(now);
        }

        if (now >= _nextDeadline)
        {
            GiveUp(now);
        }
    }

    private void TakeTurns(TimeSpan now)
    {
        var search = new NodeSearch(view, _confirmations, now);
        for (; _turnsLeft > 0 && search.Steps < MostSteps; _turnsLeft--)
        {
            Requirement next = Leave();
            if (!TryAnswer(next, search))
            {
                Enter(next);
            }
        }

        RestIfNobodyWaits();
        search.Ask();
    }

    private void GiveUp(TimeSpan now)
    {
        var search = new NodeSearch(view, _confirmations, now);
        _nextDeadline = TimeSpan.MaxValue;
        for (int left = _turns.Count; left > 0; left--)
        {
            Requirement next = Leave();
            if (now < next.Deadline || search.Steps >= MostSteps)
            {
                Enter(next);
                _nextDeadline = MeshMachine.Earliest(_nextDeadline, next.Deadline);
            }
            else if (!TryAnswer(next, search))
            {
                search.Steps += StepsPerAnswer * next.Names.Count;
                _answers.GiveUp(next, search);
            }
        }

        RestIfNobodyWaits();
    }

    /// <summary>Looks whether all of its nodes are there. Between questions it ends with the first that is missing; else the agents of all that are missing are to be asked, at once and not one after the other.</summary>
    private bool TryAnswer(Requirement requirement, NodeSearch search)
    {
        bool isToAsk = requirement.Freshness is not null && requirement.AskedIn != _round;
        if (!isToAsk && search.Find(requirement.Names[requirement.Missing], requirement) is null)
        {
            return false;
        }

        requirement.AskedIn = _round;
        var found = new MeshNode[requirement.Names.Count];
        int missing = -1;
        for (int place = 0; place < found.Length && (missing < 0 || isToAsk); place++)
        {
            if (search.Find(requirement.Names[place], requirement) is { } node)
            {
                found[place] = node;
                continue;
            }

            missing = missing < 0 ? place : missing;
            if (isToAsk)
            {
                search.Miss(requirement.Names[place], requirement);
            }
        }

        if (missing >= 0)
        {
            requirement.Missing = missing;
            return false;
        }

        search.Steps += StepsPerAnswer * found.Length;
        _answers.Found(requirement, found);
        return true;
    }

    /// <summary>Comes last.</summary>
    private void Enter(Requirement requirement)
    {
        _turns.Enqueue(requirement);
        if (requirement.Freshness is not null)
        {
            string name = requirement.MissingNode;
            _missing[name] = _missing.GetValueOrDefault(name) + 1;
            _fresh++;
        }
    }

    /// <summary>Takes out the first.</summary>
    private Requirement Leave()
    {
        Requirement requirement = _turns.Dequeue();
        if (requirement.Freshness is not null)
        {
            string name = requirement.MissingNode;
            int others = _missing[name] - 1;
            _fresh--;
            if (others == 0)
            {
                _missing.Remove(name);
            }
            else
            {
                _missing[name] = others;
            }
        }

        return requirement;
    }

    private void RestIfNobodyWaits()
    {
        _turnsLeft = Math.Min(_turnsLeft, _turns.Count);
        if (_turns.Count == 0)
        {
            _nextDeadline = TimeSpan.MaxValue;
            _confirmations.Rest();
        }
    }
}
