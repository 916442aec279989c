using System.Net;
using System.Net.Sockets;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class ProbeRunnerTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(25);

    private readonly RunnerFixture _fixture = new();
    private readonly ProbeRunner _probes;

    public ProbeRunnerTests() => _probes = new ProbeRunner(_fixture.Runner, TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _probes.Dispose();
        await _fixture.DisposeAsync();
    }

    [Theory]
    [InlineData("echo fine", true, "fine")]
    [InlineData("echo not yet; exit 2", false, "ended with 2\nnot yet")]
    [InlineData("kill -9 $$", false, "ended by signal 9")]
    public async Task Exec_OfACommand_IsItsEnd(string script, bool isOk, string output)
    {
        ProbeResult result = await _probes.ExecAsync(_fixture.Spec("unused"), ["/bin/sh", "-c", script], Long, CancellationToken.None).DefaultTimeout();

        Assert.Equal(new ProbeResult(isOk, output), result);
    }

    [Theory]
    [InlineData("echo \"key=$KEY and $KEY\"; echo \"$KEY\" >&2", "key=*** and ***\n***")]
    [InlineData("echo \"$KEY\"; exit 3", "ended with 3\n***")]
    [InlineData("printf %04090d 0; echo \"$KEY\"", null)] // where it is cut off, half of it must not be left
    public async Task Exec_PrintsASecret_IsMasked(string script, string? output)
    {
        LaunchSpec spec = _fixture.Spec("unused");
        spec = spec with
        {
            Manifest = spec.Manifest with { Run = spec.Manifest.Run with { Secrets = new HashSet<string> { "KEY" } } },
            Environment = new Dictionary<string, string>(spec.Environment) { ["KEY"] = "tooth-paste-and-more" },
        };

        ProbeResult result = await _probes.ExecAsync(spec, ["/bin/sh", "-c", script], Long, CancellationToken.None).DefaultTimeout();

        Assert.DoesNotContain("too", result.Output, StringComparison.Ordinal);
        Assert.Contains("***", result.Output, StringComparison.Ordinal);
        Assert.Equal(output ?? result.Output, result.Output);
    }

    [Fact]
    public async Task Exec_OfManyAtOnce_TakesTurns()
    {
        // Each holds its place until it may go.
        int places = Math.Max(4, 2 * Environment.ProcessorCount);
        string script = $"echo x > {_fixture.Folder}/$$.runs; while ! [ -e {_fixture.Folder}/go ]; do sleep 0.01; done";
        int Running() => Directory.GetFiles(_fixture.Folder, "*.runs").Length;
        Task<ProbeResult>[] all = [.. Enumerable.Range(0, places + 3).Select(_ => _probes.ExecAsync(_fixture.Spec("unused"), ["/bin/sh", "-c", script], Long, CancellationToken.None))];

        await Until.TrueAsync(() => Running() >= places).DefaultTimeout();
        Assert.Equal(places, Running());
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder, "go"), "");

        Assert.All(await Task.WhenAll(all).DefaultTimeout(), result => Assert.True(result.IsOk, result.Output));
        Assert.Equal(places + 3, Running());
    }

    [Fact]
    public async Task Exec_OfAMissingCommand_SaysSo()
    {
        ProbeResult result = await _probes.ExecAsync(_fixture.Spec("unused"), ["./check"], Long, CancellationToken.None).DefaultTimeout();

        Assert.Equal(new ProbeResult(false, $"there is no file {_fixture.Folder}/check"), result);
    }

    [Fact]
    public async Task Exec_OfAnEndlessCommand_IsKilledAtItsTimeout()
    {
        string script = $"echo $$ > {_fixture.Folder}/pid; sleep 1000";
        Task<ProbeResult> probe;
        var time = new FakeTimeProvider();
        using (var probes = new ProbeRunner(_fixture.Runner, time))
        {
            probe = probes.ExecAsync(_fixture.Spec("unused"), ["/bin/sh", "-c", script], TimeSpan.FromSeconds(1), CancellationToken.None);
            await Until.TrueAsync(() => File.Exists(Path.Combine(_fixture.Folder, "pid")) && File.ReadAllText(Path.Combine(_fixture.Folder, "pid")).EndsWith('\n')).DefaultTimeout();
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(new ProbeResult(false, "it did not end within 1 s"), await probe.DefaultTimeout());
        }

        await Processes.GoneAsync((await File.ReadAllTextAsync(Path.Combine(_fixture.Folder, "pid"))).Trim()).DefaultTimeout();
    }

    [Fact]
    public async Task Exec_OfATalker_KeepsTheFirst4KiB()
    {
        ProbeResult result = await _probes.ExecAsync(_fixture.Spec("unused"), ["/bin/sh", "-c", "seq 100000"], Long, CancellationToken.None).DefaultTimeout();

        Assert.True(result.IsOk);
        Assert.StartsWith("1\n2\n", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Length, 4000, 4096);
    }

    [Theory]
    [InlineData("200 OK", true)]
    [InlineData("302 Found\r\nLocation: http://127.0.0.1:1/", true)]
    [InlineData("503 Service Unavailable", false)]
    public async Task Http_OfAnAnswer_IsItsStatus(string head, bool isOk)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Task<ProbeResult> probe = _probes.HttpAsync(UrlOf(server), Long, CancellationToken.None);
        using Socket client = await server.AcceptSocketAsync().DefaultTimeout();
        _ = await client.ReceiveAsync(new byte[4096]).DefaultTimeout();
        _ = await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n")).DefaultTimeout();

        ProbeResult result = await probe.DefaultTimeout();

        Assert.Equal(isOk, result.IsOk);
        Assert.Equal(head.Split('\r')[0], result.Output);
    }

    [Fact]
    public async Task Http_WithoutAnAnswer_SaysSo()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var time = new FakeTimeProvider();
        using var probes = new ProbeRunner(_fixture.Runner, time);
        Task<ProbeResult> probe = probes.HttpAsync(UrlOf(server), TimeSpan.FromSeconds(1), CancellationToken.None);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new ProbeResult(false, "no answer within 1 s"), await probe.DefaultTimeout());
    }

    [Fact]
    public async Task Http_WithNobodyThere_SaysSo()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        Uri url = UrlOf(server);
        server.Stop();

        ProbeResult result = await _probes.HttpAsync(url, Long, CancellationToken.None).DefaultTimeout();

        Assert.False(result.IsOk);
        Assert.NotEmpty(result.Output);
    }

    private static Uri UrlOf(TcpListener server) => new($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/health");
}
