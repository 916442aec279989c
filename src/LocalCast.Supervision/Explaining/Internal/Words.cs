using System.Globalization;

namespace LocalCast.Supervision.Internal;

/// <summary>Times, exits and texts as people read them.</summary>
internal static class Words
{
    private static readonly Dictionary<int, string> _signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [5] = "SIGTRAP",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [14] = "SIGALRM",
        [15] = "SIGTERM",
        [24] = "SIGXCPU",
        [25] = "SIGXFSZ",
        [31] = "SIGSYS",
    };

    /// <summary>A time, rounded to what matters: <c>350 ms</c>, <c>12.4 s</c>, <c>4 min 12 s</c>.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { Ticks: <= 0 } => "0 s",
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(time.TotalMilliseconds))} ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(time.TotalSeconds, 1):0.#} s"),
        _ when time.Ticks % TimeSpan.TicksPerSecond != 0 => Of(TimeSpan.FromSeconds(Math.Round(time.TotalSeconds))),
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{time.Days} d {time.Hours} h",
    };

    public static string Of(ExitStatus exit)
    {
        string signal = exit.Signal is { } number ? _signals.GetValueOrDefault(number, $"signal {number}") : "";
        return exit switch
        {
            { Signal: null } => exit.ToString(),
            { Code: { } code } => $"exit {code} by {signal}",
            _ => signal,
        };
    }

    /// <summary>A text without what would move a terminal's cursor or colour it.</summary>
    public static string Harmless(string text) => text.Any(IsHarmful) ? new([.. text.Select(c => IsHarmful(c) ? '\uFFFD' : c)]) : text;

    /// <summary>A text that fits.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private static bool IsHarmful(char c) => char.IsControl(c) && c != '\t';
}
