using System.Text;
using LocalCast.Supervision.Internal;
using LocalCast.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Supervision.Tests;

public sealed class NodeLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("localcast-logs-");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Read_AfterALine_TellsWhatFollows()
    {
        await using NodeLogs logs = Open();
        NodeLog log = logs.For("db");
        DateTimeOffset began = _time.GetUtcNow();
        Print(log, "one");
        log.Append(OutputStream.Error, "two"u8);

        Assert.Equal(["one", "two"], await TextsAsync(log, new LogQuery()));
        Assert.Equal([new LogLine(2, began, OutputStream.Error, "two")], await log.ReadAsync(new LogQuery { After = 1 }, CancellationToken.None));
        Assert.Equal(2, log.LastSequence);
    }

    [Fact]
    public async Task Read_SinceATime_TellsWhatCameThen()
    {
        await using NodeLogs logs = Open();
        NodeLog log = logs.For("db");
        Print(log, "early");
        _time.Advance(TimeSpan.FromMinutes(1));
        Print(log, "late");

        Assert.Equal(["late"], await TextsAsync(log, new LogQuery { Since = _time.GetUtcNow() }));
    }

    [Fact]
    public async Task Read_OfMoreThanFits_TellsTheOldestFirst()
    {
        await using NodeLogs logs = Open();
        NodeLog log = logs.For("db");
        Print(log, "aaaa", "bbbb", "cccc");

        Assert.Equal(["aaaa", "bbbb"], await TextsAsync(log, new LogQuery { MaxLines = 2 }));
        Assert.Equal(["aaaa", "bbbb"], await TextsAsync(log, new LogQuery { MaxBytes = 8 }));
        Assert.Equal(["aaaa"], await TextsAsync(log, new LogQuery { MaxBytes = 1 }));
    }

    [Fact]
    public async Task Read_AcrossRestartsAndRotations_TellsEachLineOnce()
    {
        for (int run = 0; run < 4; run++)
        {
            await using NodeLogs logs = Open(options => (options.MaxFileBytes, options.MaxFiles, options.MemoryLines) = (1000, 20, 5));
            Print(logs.For("db"), [.. Enumerable.Range((run * 25) + 1, 25).Select(number => $"line {number}")]);
        }

        await using NodeLogs last = Open(options => (options.MaxFileBytes, options.MaxFiles, options.MemoryLines) = (1000, 20, 5));
        NodeLog log = last.For("db");
        Print(log, "line 101");

        Assert.True(_folder.GetFiles().Length > 2);
        Assert.Equal(Enumerable.Range(1, 101).Select(number => $"line {number}"), await TextsAsync(log, new LogQuery()));
        Assert.Equal(Enumerable.Range(51, 51).Select(number => $"line {number}"), await TextsAsync(log, new LogQuery { After = 50 }));
    }

    [Fact]
    public async Task Files_OfAFlood_StayBounded()
    {
        await using (NodeLogs logs = Open(options => (options.MaxFileBytes, options.MaxFiles) = (10_000, 3)))
        {
            Print(logs.For("db"), [.. Enumerable.Repeat(new string('x', 500), 1000)]);
        }

        Assert.InRange(_folder.GetFiles().Length, 1, 3);
    }

    [Fact]
    public async Task Files_AfterACrashInTheMiddleOfALine_GoOnOnTheNext()
    {
        await using (NodeLogs logs = Open())
        {
            Print(logs.For("db"), "whole");
        }

        await File.AppendAllTextAsync(FileOf("db"), "2 2026-01-0");
        await using NodeLogs after = Open();
        NodeLog log = after.For("db");
        Print(log, "next");
        await after.DisposeAsync();

        Assert.Equal("next", (await File.ReadAllLinesAsync(FileOf("db")))[^1].Split(' ')[3]);
        Assert.Equal(["whole", "next"], await TextsAsync(log, new LogQuery()));
    }

    [Fact]
    public async Task Memory_IsBoundedInLinesAndBytes()
    {
        await using NodeLogs logs = Open(options => (options.MemoryLines, options.MemoryBytes) = (10, 25));
        NodeLog log = logs.For("db");
        Print(log, [.. Enumerable.Range(0, 100).Select(_ => "0123456789")]);
        await logs.DisposeAsync();
        File.Delete(FileOf("db"));

        Assert.Equal(2, (await TextsAsync(log, new LogQuery())).Length);
    }

    [Fact]
    public async Task LastErrors_AreNotWashedAwayByOutput_AndSurviveARestart()
    {
        await using (NodeLogs logs = Open())
        {
            NodeLog log = logs.For("db");
            log.Append(OutputStream.Error, "why"u8);
            log.Append(OutputStream.Error, "because"u8);
            Print(log, [.. Enumerable.Range(0, 1100).Select(number => $"{number}")]);

            Assert.Equal(["because"], log.LastErrors(1).Select(line => line.Text));
        }

        await using NodeLogs next = Open();
        Assert.Equal(["why", "because"], next.For("db").LastErrors(20).Select(line => line.Text));
    }

    [Fact]
    public async Task WaitForMore_EndsWithTheNextLine()
    {
        await using NodeLogs logs = Open();
        NodeLog log = logs.For("db");
        Print(log, "one");
        await log.WaitForMoreAsync(0, CancellationToken.None).DefaultTimeout();
        Task[] waiting = [log.WaitForMoreAsync(1, CancellationToken.None), log.WaitForMoreAsync(1, CancellationToken.None)];
        Assert.All(waiting, task => Assert.False(task.IsCompleted));

        Print(log, "two");

        await Task.WhenAll(waiting).DefaultTimeout();
        using var given = new CancellationTokenSource();
        Task cancelled = log.WaitForMoreAsync(2, given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.DefaultTimeout());
    }

    [Fact]
    public async Task FullDisk_IsAProblemThatPasses_AndTheFileSaysWhatIsMissing()
    {
        // The disk is full until the link is gone.
        File.CreateSymbolicLink(FileOf("db"), "/dev/full");
        await using NodeLogs logs = Open();
        NodeLog log = logs.For("db");
        Print(log, "lost");
        await Until.TrueAsync(() => log.Problem is not null).DefaultTimeout();
        Assert.Equal("logs: disk full", log.Problem);
        File.Delete(FileOf("db"));

        Print(log, "kept");
        await Until.TrueAsync(() => log.Problem is null).DefaultTimeout();

        Assert.Equal(["lost", "kept"], await TextsAsync(log, new LogQuery()));
        string[] lines = [.. (await File.ReadAllLinesAsync(FileOf("db"))).Select(line => line[(line.IndexOf('Z', StringComparison.Ordinal) + 2)..])];
        Assert.Equal(["e [1 lines are missing here: the disk was full or too slow]", "o kept"], lines);
    }

    [Fact]
    public async Task FullDisk_OfOneNode_StaysItsProblemWhileOthersAreWritten()
    {
        File.CreateSymbolicLink(FileOf("db"), "/dev/full");
        await using NodeLogs logs = Open();
        Print(logs.For("db"), "lost");
        Print(logs.For("web"), "kept");
        await logs.DisposeAsync();

        Assert.Equal(("logs: disk full", null), (logs.For("db").Problem, logs.For("web").Problem));
    }

    [Fact]
    public async Task Flood_ThatIsMoreThanMayWait_IsCountedInTheFileAndKeptInMemory()
    {
        await using NodeLogs logs = Open(options => options.MaxWaitingBytes = 100);
        NodeLog log = logs.For("db");

        log.Append(OutputStream.Output, new byte[200]);
        await logs.DisposeAsync();

        Assert.Single(await TextsAsync(log, new LogQuery()));
        Assert.Equal(1, log.LastSequence);
    }

    [Fact]
    public void Format_OfALine_ReadsBack()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        DateTimeOffset time = new(2026, 11, 21, 4, 5, 6, 789, TimeSpan.Zero);

        LogLineFormat.Write(output, 17, time, OutputStream.Error, "a  b\r"u8);

        Assert.Equal("17 2026-11-21T04:05:06.789Z e a  b\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.Equal(new LogLine(17, time, OutputStream.Error, "a  b\r"), LogLineFormat.Parse(output.WrittenSpan[..^1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("17 2026-11-21T04:05:06.789Z")]
    [InlineData("17 2026-11-21T04:05:06.789Z o")]
    [InlineData("17 2026-11-21T04:05:06.789Z x text")]
    [InlineData("17 2026-99-21T04:05:06.789Z o text")]
    [InlineData("x 2026-11-21T04:05:06.789Z o text")]
    public void Parse_OfSomethingElse_IsNothing(string line) => Assert.Null(LogLineFormat.Parse(Encoding.UTF8.GetBytes(line)));

    private static void Print(NodeLog log, params string[] lines)
    {
        foreach (string line in lines)
        {
            log.Append(OutputStream.Output, Encoding.UTF8.GetBytes(line));
        }
    }

    private static async Task<string[]> TextsAsync(NodeLog log, LogQuery query) => [.. (await log.ReadAsync(query, CancellationToken.None).DefaultTimeout()).Select(line => line.Text)];

    private string FileOf(string node) => Path.Combine(_folder.FullName, $"{node}.log");

    private NodeLogs Open(Action<NodeLogsOptions>? change = null)
    {
        var options = new NodeLogsOptions { Folder = _folder.FullName };
        change?.Invoke(options);
        return new NodeLogs(options, _time, NullLogger<NodeLogs>.Instance);
    }
}
