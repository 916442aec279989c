using System.Globalization;

namespace LocalCast.Cli.Commands;

/// <summary>Moments as people write them.</summary>
internal static class Moments
{
    private static readonly (char Unit, TimeSpan Time)[] _units =
        [('s', TimeSpan.FromSeconds(1)), ('m', TimeSpan.FromMinutes(1)), ('h', TimeSpan.FromHours(1)), ('d', TimeSpan.FromDays(1))];

    /// <summary>A time ago (<c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>), or a date and time.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        foreach ((char unit, TimeSpan time) in _units)
        {
            if (text.EndsWith(unit) && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number < 100_000)
            {
                return now - (number * time);
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset moment) ? moment : null;
    }
}
