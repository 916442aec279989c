namespace LocalCast.Cli.Commands;

/// <summary>A text of several lines from the agent: each goes out by itself, and none can steer the terminal.</summary>
internal static class Lines
{
    public static void Write(string text)
    {
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            StandardOutput.WriteLine(Failures.OneLine(line));
        }
    }
}
