using System.Text.RegularExpressions;
using LocalCast.Protocol;

namespace LocalCast.Cli;

/// <summary>The one place where an exception becomes one or two lines on stderr and an exit code. Never a stack trace.</summary>
internal static partial class Failures
{
    private const string StartOne = "start one with: localcast up";

    /// <summary>Runs a command and says what went wrong with it, if something did.</summary>
    /// <param name="run">The command.</param>
    /// <param name="pipe">The pipe that the command line names, if it does.</param>
    public static async Task<int> GuardAsync(Func<Interruption, Task<int>> run, string? pipe)
    {
        using var interruption = new Interruption();
        try
        {
            return await run(interruption);
        }
        catch (OutputGoneException)
        {
            return ExitCodes.OutputGone; // as in `localcast subscribe x | head -1`: nobody is left to tell
        }
        catch (Exception e) when (interruption.ExitCode != 0 && e is OperationCanceledException or LocalCastException { Code: LocalCastError.Cancelled })
        {
            return interruption.ExitCode;
        }
        catch (LocalCastException e)
        {
            return Report(e.Error, IsNoAgent(e.Error) && pipe is not null ? $"{StartOne} --pipe {Quote(pipe)}" : null);
        }
        catch (Exception e)
        {
            return Report(new ErrorInfo(LocalCastError.Internal, $"{e.Message} ({e.GetType().Name})"));
        }
    }

    /// <summary>Says what went wrong.</summary>
    /// <param name="error">What.</param>
    /// <param name="hint">What may be done about it, where the command knows better than the error tells.</param>
    public static int Report(ErrorInfo error, string? hint = null)
    {
        Console.Error.WriteLine(OneLine($"localcast: {ErrorCatalog.NameOf(error.Code)}: {error.Message}"));
        hint ??= HintFor(error);
        if (hint is not null)
        {
            Console.Error.WriteLine(OneLine("  " + hint));
        }

        return ErrorCatalog.ExitCodeOf(error.Code);
    }

    /// <summary>Says on stderr what a person should know of something that did not fail.</summary>
    public static void Remark(string text) => Console.Error.WriteLine(OneLine($"localcast: {text}"));

    /// <summary>A text from elsewhere as one line that cannot steer the terminal.</summary>
    internal static string OneLine(string text) => string.Create(text.Length, text, static (line, from) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            line[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }
    });

    [GeneratedRegex("^the agent '([^'\\s]+)' has no node ")]
    private static partial Regex AgentWithoutNode();

    private static bool IsNoAgent(ErrorInfo error) => error.Code == LocalCastError.Disconnected && error.Message.Contains("no agent", StringComparison.Ordinal);

    /// <summary>As a shell takes it for one word: those of Windows know double quotes only, and no path there has one in it.</summary>
    private static string Quote(string word) =>
        word.All(c => char.IsLetterOrDigit(c) || (OperatingSystem.IsWindows() ? @"\/._-:" : "/._-:").Contains(c, StringComparison.Ordinal)) ? word
        : OperatingSystem.IsWindows() ? $"\"{word}\""
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string? HintFor(ErrorInfo error) => error switch
    {
        { RetryAfter: { } after } => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"try again in {after.TotalMilliseconds:0} ms"),
        _ when IsNoAgent(error) => StartOne,
        { Code: LocalCastError.NodeNotFound } when AgentWithoutNode().Match(error.Message) is { Success: true } match => $"who is there: localcast call localcast@{match.Groups[1].Value} ps",
        { Code: LocalCastError.NodeNotFound } when error.Message.EndsWith("in the mesh", StringComparison.Ordinal) => "who is there: localcast peers --all",
        { Code: LocalCastError.NodeNotFound } when error.Message.Contains("' joined by itself", StringComparison.Ordinal) => null,
        { Code: LocalCastError.NoRoute } when error.Message.StartsWith("no agent ", StringComparison.Ordinal) => "who is there: localcast peers --all",
        { Code: LocalCastError.NodeNotFound } when error.Message.StartsWith("there is no peer ", StringComparison.Ordinal) => "who is there: localcast peers",
        { Code: LocalCastError.NodeNotFound } when error.Message.Contains("the mesh knows no agent or address", StringComparison.Ordinal) => "who is there: localcast ps; agents: localcast peers --all",
        { Code: LocalCastError.NodeNotFound } when error.Message.EndsWith(" in a mesh, and this agent is in none", StringComparison.Ordinal) => "to be in one it takes --port, or --add-peer: localcast up --help",
        { Code: LocalCastError.NodeNotFound } => "who is there: localcast ps",
        _ => null,
    };
}
