using System.CommandLine;
using System.CommandLine.Parsing;

namespace LocalCast.Cli;

/// <summary>What a command line that makes no sense gets: what is wrong with it on stderr, and exit code 2.</summary>
internal static class UsageErrors
{
    public static async Task<int> ReportAsync(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Action is null && parsed.UnmatchedTokens.Count == 0)
        {
            // A group such as `localcast` or `localcast bench` alone: what is there is the better answer.
            ParseResult help = parsed.RootCommandResult.Command.Parse([.. PathOf(command).Skip(1), "--help"]);
            await help.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
            return ExitCodes.Usage;
        }

        return Report(command, command.Action is null ? parsed.UnmatchedTokens.Take(1).Select(word => Unknown(word, command)) : [.. UnknownOf(parsed), .. OtherErrorsOf(parsed)]);
    }

    public static int Report(Command command, IEnumerable<string> messages)
    {
        foreach (string message in messages.Distinct(StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"localcast: {message}");
        }

        Console.Error.WriteLine($"  see: {string.Join(' ', PathOf(command))} --help");
        return ExitCodes.Usage;
    }

    /// <summary>A word such as <c>--timeot</c> would be taken for an argument and sent to the node. Whoever means that writes <c>--</c> before it.</summary>
    public static string? FindMistakenOption(ParseResult parsed, string[] args)
    {
        int end = Array.IndexOf(args, "--");
        HashSet<string> before = new(end < 0 ? args : args[..end], StringComparer.Ordinal);
        string? mistaken = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(text => text.Length > 1 && text[0] == '-' && !char.IsAsciiDigit(text[1]) && before.Contains(text));
        return mistaken is null ? null : $"{Unknown(mistaken, parsed.CommandResult.Command)}; put -- before arguments that begin with '-'";
    }

    /// <summary>Words that have no place in the command. What stands behind a mistaken option was meant as its value, and is no mistake of its own.</summary>
    private static IEnumerable<string> UnknownOf(ParseResult parsed)
    {
        bool isBehindOption = false;
        foreach (string word in parsed.UnmatchedTokens)
        {
            bool isOption = word.StartsWith('-');
            if (isOption || !isBehindOption)
            {
                yield return isOption ? Unknown(word, parsed.CommandResult.Command) : $"'{word}' is one argument too many";
            }

            isBehindOption = isOption;
        }
    }

    private static IEnumerable<string> OtherErrorsOf(ParseResult parsed) => parsed.Errors.Select(error => error.Message)
        .Where(message => !parsed.UnmatchedTokens.Any(word => message.Contains($"'{word}'", StringComparison.Ordinal) && message.StartsWith("Unrecognized ", StringComparison.Ordinal)));

    private static string Unknown(string word, Command group)
    {
        bool isOption = word.StartsWith('-');
        string? meant = isOption ? NearOption(word, group) : group.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).FirstOrDefault(name => IsNear(word, name));
        string what = isOption ? "option" : "command";
        return $"unknown {what} '{word}'" + (meant is null ? "" : $"; did you mean '{meant}'?");
    }

    /// <summary>The option that is spelled nearly so; of <c>-v</c> the one that begins with this letter.</summary>
    private static string? NearOption(string word, Command command)
    {
        string letters = word.TrimStart('-');
        string[] names = [.. command.Options.Where(option => !option.Hidden).Select(option => option.Name)];
        return names.FirstOrDefault(name => letters.Length == 1 ? name.StartsWith($"--{letters}", StringComparison.Ordinal) : IsNear(letters, name.TrimStart('-')));
    }

    /// <summary>Whether one word becomes the other by one letter more, less or different, or is its beginning.</summary>
    private static bool IsNear(string word, string name)
    {
        int same = word.AsSpan().CommonPrefixLength(name);
        int sameAtEnd = 0;
        while (sameAtEnd < Math.Min(word.Length, name.Length) - same && word[^(sameAtEnd + 1)] == name[^(sameAtEnd + 1)])
        {
            sameAtEnd++;
        }

        int different = Math.Max(word.Length, name.Length) - same - sameAtEnd;
        return different <= 1 || (same == word.Length && same >= 2) || (different == 2 && word.Length == name.Length); // the last: two letters swapped
    }

    private static IEnumerable<string> PathOf(Command command)
    {
        var names = new Stack<string>();
        for (Symbol? symbol = command; symbol is not (null or RootCommand); symbol = symbol.Parents.FirstOrDefault())
        {
            names.Push(symbol.Name);
        }

        return names.Prepend("localcast");
    }
}
