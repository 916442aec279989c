using System.Text;
using System.Text.Json;
using LocalCast.Agent.Nodes;
using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Supervision;
using LocalCast.Testing;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Tests.Nodes;

/// <summary>The operations over a real supervisor whose nodes are started by hand only, so that nothing runs unless a test has it run.</summary>
public sealed class AgentOperationsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("localcast-operations-");
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly Broadcaster _broadcaster;
    private readonly IProcessRunner _processes;
    private readonly ProbeRunner _probes;
    private readonly NodeLogs _logs;
    private readonly Supervisor _supervisor;
    private readonly AgentOperations _operations;
    private readonly List<NodeDescription> _joined = [];

    public AgentOperationsTests()
    {
        _broadcaster = new Broadcaster(new BroadcasterOptions(), _time, _log);
        _processes = InstanceRunners.ForThisMachine(new ProcessRunnerOptions(), _log, _time);
        _probes = new ProbeRunner(_processes, _time);
        _logs = new NodeLogs(new NodeLogsOptions { Folder = Path.Combine(_folder.FullName, "logs") }, _time, new Logger<NodeLogs>(_log));
        _supervisor = new Supervisor(new SupervisorParts
        {
            Bus = new HubBus(_broadcaster),
            Processes = _processes,
            InProcess = _processes,
            SpecOf = (_, _, _) => throw new IOException("nothing is started here"),
            JoinedNames = () => [],
            Logs = _logs,
            Probes = _probes,
            DataFolder = _folder.FullName,
            TimeProvider = _time,
            Logger = _log.CreateLogger(""),
        });
        var rows = new NodeRows(_supervisor, () => _joined, new UsageMeter(_supervisor.Sample, _time), _time);
        var known = new KnownNodes(_supervisor, rows);
        _operations = new AgentOperations(new NodeControl(_supervisor, rows, known, () => Task.CompletedTask), new NodeInsight(_supervisor, rows, known));
    }

    public Task InitializeAsync() => _supervisor.StartAsync(new PluginScan([Manifest("dns"), Manifest("dht", "dns")], [], []));

    public async Task DisposeAsync()
    {
        _probes.Dispose();
        await _processes.DisposeAsync();
        await _supervisor.DisposeAsync();
        await _logs.DisposeAsync();
        await _broadcaster.StopAsync("over");
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void TryCall_AnUnknownMethod_IsNotTaken() => Assert.False(_operations.TryCall(new FakeCall("dance")));

    [Theory]
    [InlineData("why", "", LocalCastError.BadRequest)]
    [InlineData("why", "[17]", LocalCastError.BadRequest)]
    [InlineData("why", "{\"node\":\"dns\"}", LocalCastError.BadRequest)]
    [InlineData("why", "[\"dns\"", LocalCastError.BadRequest)]
    [InlineData("why", "[\"nobody\"]", LocalCastError.NodeNotFound)]
    [InlineData("start", "[\"nobody\"]", LocalCastError.NodeNotFound)]
    [InlineData("plan", "[\"nobody\"]", LocalCastError.NodeNotFound)]
    [InlineData("logs", "[\"dns\",{\"lines\":\"many\"}]", LocalCastError.BadRequest)]
    [InlineData("start", "[\"dns\"]", LocalCastError.NodeNotReady)] // its launch fails
    public async Task Call_ThatCannotBeAnswered_FailsWithItsName(string method, string arguments, LocalCastError error)
    {
        var e = await Assert.ThrowsAsync<LocalCastException>(() => CallAsync(method, arguments));

        Assert.Equal(error, e.Code);
    }

    [Theory]
    [InlineData("ps", "")]
    [InlineData("why", "[\"dht\"]")]
    [InlineData("graph", "[]")]
    [InlineData("boot", "[]")]
    [InlineData("plan", "[]")]
    [InlineData("reload", "[]")]
    [InlineData("logs", "[\"dns\"]")]
    [InlineData("stop", "[\"dns\"]")]
    public async Task Call_EachOperation_IsAnswered(string method, string arguments) => Assert.NotEmpty(await CallAsync(method, arguments));

    [Fact]
    public async Task Call_ThatNobodyWaitsForAnyMore_EndsAndSaysThatItGoesOn()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var call = new FakeCall("start", "[\"dns\"]", gone.Token);

        Assert.True(_operations.TryCall(call));

        var e = await Assert.ThrowsAsync<LocalCastException>(() => call.Answer.DefaultTimeout());
        Assert.Equal(LocalCastError.Timeout, e.Code);
    }

    public static TheoryData<string> OfOneNode => ["start", "stop", "restart", "upgrade", "why", "logs"];

    [Theory]
    [MemberData(nameof(OfOneNode))]
    public async Task Call_NameThatIsNearlyANodes_SaysWhichMayBeMeant(string method)
    {
        var near = await Assert.ThrowsAsync<LocalCastException>(() => CallAsync(method, "[\"dnss\"]"));
        var far = await Assert.ThrowsAsync<LocalCastException>(() => CallAsync(method, "[\"printer\"]"));

        Assert.Equal((LocalCastError.NodeNotFound, "the agent looks after no node named 'dnss' (did you mean 'dns'?)"), (near.Code, near.Message));
        Assert.Equal("the agent looks after no node named 'printer'", far.Message);
    }

    [Theory]
    [MemberData(nameof(OfOneNode))]
    public async Task Call_WhoJoinedByItself_IsNamedAsThat(string method)
    {
        _joined.Add(new NodeDescription { Name = "greeter", Role = "node", State = "Ready", Pid = 7, UptimeMs = 1000 });

        var e = await Assert.ThrowsAsync<LocalCastException>(() => CallAsync(method, "[\"greeter\"]"));

        Assert.Equal(LocalCastError.NodeNotFound, e.Code);
        Assert.StartsWith("'greeter' joined by itself", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ps_NodesAndGuests_AreListedWithWhatScriptsNeed()
    {
        _joined.Add(new NodeDescription { Name = "cli-1", Role = "client", State = "Ready", Pid = 7, UptimeMs = 1000 });

        JsonElement rows = JsonDocument.Parse(await CallAsync("ps", "")).RootElement;

        Assert.Equal(["cli-1", "dht", "dns"], rows.EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        JsonElement dht = rows[1];
        Assert.All((string[])["name", "state", "since", "restarts", "pid", "requires", "reason"], key => Assert.True(dht.TryGetProperty(key, out _), key));
        Assert.Equal("dns", dht.GetProperty("requires")[0].GetString());
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(1), rows[0].GetProperty("since").GetDateTimeOffset());
    }

    [Fact]
    public void Write_VeryManyRows_FitIntoAFrame()
    {
        NodeRow[] rows = [.. Enumerable.Range(0, 1000).Select(i => new NodeRow
        {
            Name = $"node-{i}",
            State = "Failed",
            Since = _time.GetUtcNow(),
            Restarts = 0,
            Pid = null,
            Requires = ["dns"],
            Reason = new string('x', 500),
            Description = new string('y', 500),
            Notes = [new string('z', 500)],
        })];

        byte[] answer = NodeInsight.Write(rows);

        Assert.InRange(answer.Length, 1, 1024 * 1024 - 4096);
        Assert.Equal(1000, JsonDocument.Parse(answer).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Logs_PageByPage_TellEveryLineOnce()
    {
        NodeLog log = _logs.For("dns");
        for (int i = 1; i <= 25; i++)
        {
            log.Append(i % 2 == 0 ? OutputStream.Error : OutputStream.Output, Encoding.UTF8.GetBytes($"line {i}"));
        }

        List<string> read = [];
        long after = 0;
        long last;
        do
        {
            LogsAnswer page = await LogsAsync($$"""{"after":{{after}},"lines":10}""");
            read.AddRange(page.Lines.Select(line => line.Text));
            (after, last) = (page.Next, page.Last);
        }
        while (after < last);

        Assert.Equal(Enumerable.Range(1, 25).Select(i => $"line {i}"), read);
        Assert.Equal(["line 24", "line 25"], (await LogsAsync("""{"lines":2}""")).Lines.Select(line => line.Text));
        Assert.Equal(("stderr", "stdout"), ((await LogsAsync("""{"lines":2}""")).Lines[0].Stream, (await LogsAsync("""{"lines":2}""")).Lines[1].Stream));
    }

    [Fact]
    public async Task Logs_WhenNoneOfThemIsWanted_GoOnBehindThem()
    {
        _logs.For("dns").Append(OutputStream.Output, "old"u8);

        LogsAnswer answer = await LogsAsync("""{"after":0,"since":"2999-01-01T00:00:00Z"}""");

        Assert.Empty(answer.Lines);
        Assert.Equal(1, answer.Next); // who follows would else be answered at once, for ever
    }

    [Fact]
    public async Task Logs_OfTheWorstText_FitIntoAFrame()
    {
        byte[] line = [.. Enumerable.Repeat((byte)1, 16 * 1024)]; // six bytes each in JSON
        for (int i = 0; i < 64; i++)
        {
            _logs.For("dns").Append(OutputStream.Output, line);
        }

        Assert.InRange((await CallAsync("logs", """["dns",{"after":0}]""")).Length, line.Length, 1024 * 1024 - 4096);
    }

    [Fact]
    public async Task Logs_Followed_AnswerWhenALineComes()
    {
        var call = new FakeCall("logs", """["dns",{"after":0,"wait_ms":600000}]""");
        Assert.True(_operations.TryCall(call));

        _logs.For("dns").Append(OutputStream.Output, "here"u8);

        Assert.Contains("here", await call.Answer.DefaultTimeout(), StringComparison.Ordinal);
    }

    private static NodeManifest Manifest(string name, params string[] requires) => new()
    {
        Name = name,
        Folder = "/plugins/" + name,
        Source = $"/plugins/{name}/node.json",
        Fingerprint = "1",
        Run = new RunSpec { Exec = name },
        Requires = [.. requires.Select(node => new Requirement { Node = node })],
        Activation = new ActivationSpec { Mode = ActivationMode.Manual },
    };

    private async Task<string> CallAsync(string method, string arguments)
    {
        var call = new FakeCall(method, arguments);
        Assert.True(_operations.TryCall(call));
        return await call.Answer.DefaultTimeout();
    }

    private async Task<LogsAnswer> LogsAsync(string options) =>
        JsonSerializer.Deserialize(await CallAsync("logs", $"[\"dns\",{options}]"), OperationsJson.Default.LogsAnswer)!;
}
