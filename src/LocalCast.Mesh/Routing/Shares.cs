namespace LocalCast.Mesh;

/// <summary>How much of a common room each one takes, so that none takes all of it. Passive.</summary>
internal sealed class Shares<T>(int mostEach)
    where T : notnull
{
    private readonly Dictionary<T, int> _taken = [];

    public bool TryTake(T who)
    {
        int taken = _taken.GetValueOrDefault(who);
        if (taken >= mostEach)
        {
            return false;
        }

        _taken[who] = taken + 1;
        return true;
    }

    public void Return(T who)
    {
        if (_taken.GetValueOrDefault(who) is > 1 and var taken)
        {
            _taken[who] = taken - 1;
        }
        else
        {
            _taken.Remove(who);
        }
    }
}
