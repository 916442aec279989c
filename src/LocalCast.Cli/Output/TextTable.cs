using System.Globalization;
using Spectre.Console;

namespace LocalCast.Cli;

/// <summary>A plain table of columns, as wide as the terminal; what is printed elsewhere is as wide as it is, with a line for each row.</summary>
internal static class TextTable
{
    public static IReadOnlyList<string> Lay(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new Table().NoBorder().AddColumns([.. columns]);
        int[] widths = [.. columns.Select(WidthOf)];
        foreach (IReadOnlyList<string> cells in rows)
        {
            table.AddRow(cells.Select(cell => new Text(Failures.OneLine(cell)))); // Text, not markup: names may hold brackets
            for (int column = 0; column < cells.Count; column++)
            {
                widths[column] = Math.Max(widths[column], WidthOf(cells[column]));
            }
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        bool isTerminal = !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : widths.Sum();
        console.Write(table);
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }

    // At most: some characters take two places. And the gap to the next column.
    private static int WidthOf(string cell) => (2 * cell.Length) + 2;

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
