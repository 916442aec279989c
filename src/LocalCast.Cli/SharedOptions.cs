using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LocalCast.Cli;

/// <summary>Options that several commands have, spelled and explained once.</summary>
internal static class SharedOptions
{
    private const double LongestTimeout = 24 * 60 * 60;

    public static Option<string?> Pipe() => new("--pipe")
    {
        Description = "The agent's pipe: a name, or a rooted path. Without it: $LOCALCAST_PIPE, else localcast.",
        HelpName = "PIPE",
        Validators = { result => CheckNotEmpty(result) },
    };

    public static Option<bool> Json() => new("--json") { Description = "JSON on stdout and nothing else; errors go to stderr in any case." };

    public static Option<bool> Mesh(string description) => new("--mesh") { Description = description };

    public static Option<double?> Timeout(string description) => Seconds("--timeout", description);

    public static Option<double?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result => ParseSeconds(result),
    };

    public static Option<int> WholeNumber(string name, string description, int least, int most, int? byDefault) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = byDefault is { } value ? _ => value : null,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            {
                return number;
            }

            result.AddError($"{name}: expected a whole number from {least} to {most}, got '{result.Tokens[0].Value}'");
            return 0;
        },
    };

    public static TimeSpan? ToTime(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static double? ParseSeconds(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= LongestTimeout)
        {
            return seconds;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{((OptionResult)result.Parent!).Option.Name}: expected seconds from 0.001 to {LongestTimeout}, got '{result.Tokens[0].Value}'"));
        return null;
    }

    private static void CheckNotEmpty(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError("--pipe: the name must not be empty");
        }
    }
}
