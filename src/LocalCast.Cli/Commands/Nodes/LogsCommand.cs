using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>logs NODE</c></summary>
internal sealed class LogsCommand : ClientCommand
{
    private const int LinesAtATime = 500;
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _node = new("NODE") { Description = "The node." };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on printing until Ctrl-C." };
    private readonly Option<string?> _since = new("--since") { Description = "Only what was printed since: a time such as 10m, 2h or 2026-01-31T12:00:00Z.", HelpName = "TIME" };
    private readonly Option<int> _lines = SharedOptions.WholeNumber("--lines", "The last so many lines to begin with (default 200).", 0, 100_000, byDefault: 200);

    public LogsCommand()
        : base(
            "logs",
            "Print what a node wrote to stdout and stderr, each line with its time and stream. With --json each line is {sequence, time, stream, text}.",
            "localcast logs dns",
            "localcast logs dns -f",
            "localcast logs dns --since 10m --json")
    {
        Add(_node);
        Add(_follow);
        Add(_since);
        Add(_lines);
        Validators.Add(result =>
        {
            if (result.GetValue(_since) is { } text && Moments.Parse(text, TimeProvider.System.GetUtcNow()) is null)
            {
                result.AddError($"--since: expected a time such as 10m, 2h or 2026-01-31T12:00:00Z, got '{text}'");
            }
        });
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        string name = parsed.GetRequiredValue(_node);
        DateTimeOffset? since = parsed.GetValue(_since) is { } text ? Moments.Parse(text, TimeProvider.System.GetUtcNow()) : null;
        LogsAnswer answer = await ReadAsync(node, name, new LogsRequest { Since = since, Lines = parsed.GetValue(_lines) }, stop);
        Write(answer, WantsJson(parsed));
        if (answer.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync(Failures.OneLine($"localcast: {problem}"));
        }

        while (parsed.GetValue(_follow))
        {
            answer = await ReadAsync(node, name, new LogsRequest { After = answer.Next, Lines = LinesAtATime, WaitMs = (int)_wait.TotalMilliseconds }, stop);
            Write(answer, WantsJson(parsed));
        }

        return ExitCodes.Success;
    }

    private static async Task<LogsAnswer> ReadAsync(LocalNode node, string name, LogsRequest request, CancellationToken stop) =>
        (await node.AskAsync("logs", [name, JsonSerializer.SerializeToElement(request, OperationsJson.Default.LogsRequest)], timeout: null, stop)).As(OperationsJson.Default.LogsAnswer);

    private static void Write(LogsAnswer answer, bool asJson)
    {
        foreach (LogRow line in answer.Lines)
        {
            if (asJson)
            {
                StandardOutput.WriteJson(writer => JsonSerializer.Serialize(writer, line, OperationsJson.Default.LogRow));
            }
            else
            {
                string mark = line.Stream == "stderr" ? "!" : " ";
                StandardOutput.WriteLine(Failures.OneLine(string.Create(CultureInfo.InvariantCulture, $"{line.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff} {mark} {line.Text}")));
            }
        }
    }
}
