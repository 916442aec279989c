using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary><c>logs NODE</c></summary>
internal sealed class LogsCommand : ClientCommand
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _node = new("NODE") { Description = "The node." };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on printing until Ctrl-C." };
    private readonly Option<string?> _since = new("--since") { Description = "What was printed since then: all of it, or with --lines the last of it. 90s, 10m, 2h or 1d ago, or a date and time such as 2026-01-31T12:00:00Z.", HelpName = "TIME" };
    private readonly Option<int> _lines = SharedOptions.WholeNumber("--lines", "How many of the last lines to begin with.", 0, 100_000, byDefault: 200);

    public LogsCommand()
        : base(
            "logs",
            "Print what a node wrote to stdout and stderr, each line with its local time; ! marks stderr. With --json each line is {sequence, time, stream, text}.",
            "localcast logs dns",
            "localcast logs dns -f --lines 20",
            "localcast logs dns --since 10m --json",
            "localcast logs dns --since 1h --lines 50")
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
        LogsAnswer start = await ReadAsync(node, name, new LogsRequest { Lines = 0 }, stop);
        if (start.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync(Failures.OneLine($"localcast: {problem}"));
        }

        bool isBounded = since is null || parsed.GetResult(_lines) is { Implicit: false };
        long after = isBounded ? Math.Max(0, start.Last - parsed.GetValue(_lines)) : 0; // what is since then is the end of all, so its last lines are the last of all
        while (true)
        {
            bool isAtEnd = after >= start.Last;
            if (isAtEnd && !parsed.GetValue(_follow))
            {
                return ExitCodes.Success;
            }

            LogsAnswer answer = await ReadAsync(node, name, new LogsRequest { After = after, Since = since, WaitMs = isAtEnd ? (int)_wait.TotalMilliseconds : null }, stop);
            Write(answer, WantsJson(parsed));
            after = answer.Lines.Count > 0 ? answer.Next : Math.Max(after, start.Last);
        }
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
