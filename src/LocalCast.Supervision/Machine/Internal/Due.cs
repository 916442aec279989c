using System.Globalization;

namespace LocalCast.Supervision.Internal;

/// <summary>Times that may be absent, and how lengths of time are said.</summary>
internal static class Due
{
    internal static TimeSpan? Min(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;

    internal static bool HasCome(TimeSpan? due, TimeSpan now) => due <= now;

    internal static string Say(TimeSpan length) => length < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{length.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.#} s");
}
