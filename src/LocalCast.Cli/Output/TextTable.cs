using System.Globalization;
using Spectre.Console;

namespace LocalCast.Cli;

/// <summary>A plain table of columns, as wide as the terminal; what is printed into a pipe keeps to no width.</summary>
internal static class TextTable
{
    private const int WidthOfPipes = 240;

    public static IReadOnlyList<string> Lay(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new Table().NoBorder().AddColumns([.. columns]);
        foreach (IReadOnlyList<string> cells in rows)
        {
            table.AddRow(cells.Select(cell => new Text(Failures.OneLine(cell)))); // Text, not markup: names may hold brackets
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        bool isTerminal = !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : WidthOfPipes;
        console.Write(table);
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }

    public static void Write(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (string line in Lay(columns, rows))
        {
            StandardOutput.WriteLine(line);
        }
    }

    /// <summary>A time that has gone by, as a person says it.</summary>
    public static string Rough(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.0}s"),
        { TotalHours: < 1 } => $"{time.Minutes}m{time.Seconds}s",
        { TotalDays: < 1 } => $"{time.Hours}h{time.Minutes}m",
        _ => $"{time.Days}d{time.Hours}h",
    };
}
