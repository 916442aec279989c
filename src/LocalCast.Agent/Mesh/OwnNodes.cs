using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>Tells the machine of the mesh which participants this one has, when that changed: at the next tick, however many changes there were.</summary>
/// <param name="driver">The machine of the mesh.</param>
/// <param name="describe">Says which they are now.</param>
internal sealed class OwnNodes(MeshDriver driver, Func<IReadOnlyList<NodeDescription>> describe)
{
    private bool _haveChanged;
    private bool _isToldOld = true; // used by ticks only

    /// <summary>They changed. Waits for nobody: it is called under locks of the hub.</summary>
    public void Changed()
    {
        if (!Interlocked.Exchange(ref _haveChanged, true))
        {
            driver.TickSoon(); // for all that come before that tick
        }
    }

    /// <summary>To be called with each tick.</summary>
    public void TellIfChanged()
    {
        _isToldOld |= Interlocked.Exchange(ref _haveChanged, false);
        if (_isToldOld)
        {
            driver.Do(describe(), static (machine, nodes, now) => machine.SetNodes(nodes, now));
            _isToldOld = false; // last: if that failed, the next tick tries again
        }
    }
}
