using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>Writes a report for a terminal.</summary>
internal static class WhyText
{
    private const int MostIndent = 20;

    public static string Of(WhyReport report)
    {
        var text = new StringBuilder();
        foreach (WhyLink link in report.Chain)
        {
            Append(text, link);
        }

        if (report.NotShown > 0)
        {
            text.Append("and ").Append(report.NotShown).Append(" more\n");
        }

        if (report.History.Count > 0)
        {
            text.Append("the last that happened to ").Append(Words.Harmless(report.Node)).Append(":\n");
        }

        foreach (WhyTransition step in report.History)
        {
            string ago = Words.Of(TimeSpan.FromMilliseconds(step.AgoMs)) + " ago";
            string cause = step.Cause.Length == 0 || step.Cause == step.State.ToString() ? "" : Words.Harmless(step.Cause) + " ";
            text.Append("  ").Append(ago.PadRight(16)).Append(step.State.ToString().PadRight(10)).Append(cause).Append("(by ").Append(Words.Harmless(step.By)).Append(")\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, WhyLink link)
    {
        string indent = new(' ', Math.Min(MostIndent, Math.Max(0, link.Depth - 1) * 2));
        text.Append(indent).Append(link.Depth == 0 ? "" : "← ").Append(Words.Harmless(link.Summary)).Append('\n');
        if (link.ErrorLines.Count > 0)
        {
            text.Append(indent).Append(link.ErrorLines.Count == 1 ? "    last line of stderr:\n" : $"    last {link.ErrorLines.Count} lines of stderr:\n");
        }

        foreach (string line in link.ErrorLines)
        {
            text.Append(indent).Append("      ").Append(Words.Harmless(line)).Append('\n');
        }

        if (link.Probe is { } probe)
        {
            string ago = Words.Of(TimeSpan.FromMilliseconds(probe.AgoMs));
            text.Append(indent).Append("    last probe, ").Append(ago).Append(probe.IsOk ? " ago, was content" : " ago, failed");
            text.Append(probe.Output.Length == 0 ? "" : ": ").Append(Words.Harmless(probe.Output.TrimEnd())).Append('\n');
        }

        foreach (string note in link.Notes)
        {
            text.Append(indent).Append("    note: ").Append(Words.Harmless(note)).Append('\n');
        }
    }
}
