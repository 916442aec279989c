namespace LocalCast.Mesh;

/// <summary>The moment of an agent's start as one number, by which two agents with one id agree on who of them is the older.</summary>
public static class AgentBirth
{
    /// <summary>What a millisecond counts: the digits below it are chance, so that two of one moment differ.</summary>
    private const ulong PerMillisecond = 1_000_000;

    private static readonly long _lastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The number of a start. The smaller one is the older.</summary>
    public static ulong Of(DateTimeOffset start, Random random) =>
        ((ulong)Math.Max(0, start.ToUnixTimeMilliseconds()) * PerMillisecond) + (ulong)random.Next((int)PerMillisecond);

    /// <summary>Whether two births may be those of one life; who does not say when it was born may be any.</summary>
    internal static bool MayBeOne(ulong? one, ulong? other) => one is null or 0 || other is null or 0 || one == other;

    /// <summary>Where the versions of an agent's document begin: not at the same number for two agents of one id that start in one moment, or neither would ever be heard of as the newer one.</summary>
    internal static ulong FirstSeq(ulong? born) => 1 + ((born ?? 0) % PerMillisecond);

    /// <summary>The start that a number stands for; <see langword="null"/> when it is none.</summary>
    internal static DateTimeOffset? StartOf(ulong? born) =>
        born / PerMillisecond is > 0 and var milliseconds && milliseconds <= (ulong)_lastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
}
