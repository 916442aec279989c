namespace LocalCast.Mesh;

// When the machine needs to be told the time.
public sealed partial class MeshMachine
{
    /// <summary>
    /// When <see cref="Tick"/> is next to be called, on the clock of <see cref="MeshTime.Now"/>: at rest a second after the last one, and as early as is needed otherwise.
    /// It changes with whatever the machine is told. Ticks that come earlier do no harm; one that comes later makes the machine late by as much. Cheap.
    /// </summary>
    public TimeSpan NextDue => Earliest(Earliest(_nextExpiry, _dialDue, _keeper.Due), Earliest(_sync.Due, _traffic.Due), Earliest(_own.Due, _absence.Until, _isGraphOld ? _noGraphBefore : TimeSpan.MaxValue));

    internal static TimeSpan Earliest(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Earliest(TimeSpan one, TimeSpan other, TimeSpan third) => Earliest(one, Earliest(other, third));

    /// <summary>There may be an address to dial, or room for one: it is looked at as soon as that is allowed.</summary>
    private void LookForDials() => _dialDue = Earliest(_dialDue, _nextDial);

    private void Dial(MeshTime time)
    {
        if (_own.HasLeft)
        {
            _nextDial = _dialDue = TimeSpan.MaxValue;
            return;
        }

        if (_absence.Why is not null)
        {
            _dialDue = TimeSpan.MaxValue; // until it comes back
            return;
        }

        _nextDial = time.Now + DialEvery;
        foreach (string address in _planner.Plan(time))
        {
            _output.Add(new DialAddress(address));
        }

        TimeSpan next = _planner.NextDue(time);
        _dialDue = next < _nextDial ? _nextDial : Earliest(next, time.Now + ExpireEvery); // a ban that ends is no event
    }
}
