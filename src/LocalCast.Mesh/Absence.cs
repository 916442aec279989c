using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>That this agent is away from the mesh, which it left to an older agent with its id, and for how long. Passive.</summary>
internal sealed class Absence(MeshOptions options, Random random)
{
    private TimeSpan _pause;
    private TimeSpan? _ended;

    /// <summary>Why it is away; <see langword="null"/> when it is not.</summary>
    public ErrorInfo? Why { get; private set; }

    /// <summary>When it tries again; <see cref="TimeSpan.MaxValue"/> when it is not away.</summary>
    public TimeSpan Until { get; private set; } = TimeSpan.MaxValue;

    /// <summary>It leaves.</summary>
    /// <returns>For how long: longer each time, and by chance, so that many that were started with one id do not come back at one moment.</returns>
    public TimeSpan Begin(ErrorInfo why, TimeSpan now)
    {
        bool goesOn = _pause > TimeSpan.Zero && now - _ended < options.MostTwinPause;
        TimeSpan pause = goesOn ? _pause * 2 : options.TwinPause;
        _pause = pause < options.MostTwinPause ? pause : options.MostTwinPause;
        TimeSpan chosen = _pause * (0.8 + (random.NextDouble() * 0.4));
        (Why, Until) = (why, now + chosen);
        return chosen;
    }

    /// <summary>It tries again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isAsked">Whether somebody wants that, who has changed something: then the pauses begin anew.</param>
    public void End(TimeSpan now, bool isAsked) => (Why, Until, _ended, _pause) = (null, TimeSpan.MaxValue, now, isAsked ? TimeSpan.Zero : _pause);
}
