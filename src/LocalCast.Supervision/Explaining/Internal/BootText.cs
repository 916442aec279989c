using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>Writes a time line for a terminal.</summary>
internal static class BootText
{
    private const int BarWidth = 40;
    private const int MostName = 30;

    public static string Of(BootTimeline line)
    {
        var text = new StringBuilder();
        if (line.Rows.Count == 0)
        {
            return "nothing was started yet\n";
        }

        int width = Math.Min(MostName, line.Rows.Concat(line.Later).Max(row => row.Node.Length));
        foreach (BootRow row in line.Rows)
        {
            Append(text, row, width, Bar(row, line.Total));
        }

        text.Append("all of it took ").Append(Words.Of(line.Total));
        text.Append(line.CriticalPath.Count > 0 ? $"; critical path (*): {string.Join(" → ", line.CriticalPath)}\n" : "\n");
        if (line.Later.Count > 0)
        {
            text.Append("started later:\n");
        }

        foreach (BootRow row in line.Later)
        {
            Append(text, row, width, bar: "");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, BootRow row, int width, string bar)
    {
        string words = row switch
        {
            { Waited: null, Took: null } => "waits",
            { Took: { } took } => $"waited {Words.Of(row.Waited ?? TimeSpan.Zero)}, took {Words.Of(took)}",
            _ => $"waited {Words.Of(row.Waited!.Value)}, not ready",
        };
        text.Append(row.IsCritical ? "* " : "  ").Append(Words.Cut(row.Node, MostName).PadRight(width)).Append("  ");
        text.Append(bar).Append(bar.Length > 0 ? "  " : "").Append(words);
        text.Append(row.UnblockedBy is { } last ? $", unblocked by {last}" : "").Append('\n');
    }

    private static string Bar(BootRow row, TimeSpan total)
    {
        int At(TimeSpan time) => total <= TimeSpan.Zero ? 0 : (int)Math.Clamp(Math.Round(time / total * BarWidth), 0, BarWidth);
        int wanted = At(row.WantedAt);
        int launched = row.Waited is { } waited ? At(row.WantedAt + waited) : BarWidth;
        int ready = Math.Max(launched, row.ReadyAt is { } at ? At(at) : BarWidth);
        return new string(' ', wanted) + new string('·', launched - wanted) + new string('█', ready - launched) + new string(' ', BarWidth - ready);
    }
}
