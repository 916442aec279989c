namespace LocalCast.Supervision.Tests;

public sealed class LaunchFailureTests : IAsyncLifetime
{
    private readonly RunnerFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Launch_OfAMissingFile_SaysSo() =>
        Assert.Equal($"there is no file {_fixture.Folder}/dht", await _fixture.FailAsync(_fixture.Spec("./dht")));

    [Fact]
    public async Task Launch_OfAMissingCommand_SaysSo() =>
        Assert.Equal("there is no command 'no-such-command' on the PATH", await _fixture.FailAsync(_fixture.Spec("no-such-command")));

    [Fact]
    public async Task Launch_OfAFolder_SaysSo() =>
        Assert.Equal($"{_fixture.Folder} is a folder", await _fixture.FailAsync(_fixture.Spec(_fixture.Folder)));

    [Fact]
    public async Task Launch_OfAFileThatIsNotExecutable_SaysSo()
    {
        string file = _fixture.Write("run", "#!/bin/sh\n", isExecutable: false);

        Assert.Equal($"{file} is not executable", await _fixture.FailAsync(_fixture.Spec("./run")));
    }

    [Theory]
    [InlineData("#!/no/such/python -u\n", "asks for the interpreter '/no/such/python', which does not exist")]
    [InlineData("#! /etc/passwd\n", "asks for the interpreter '/etc/passwd', which is not executable")]
    [InlineData("#!/bin/sh\r\n", @"has Windows line ends: its first line asks for the interpreter '/bin/sh\r'")]
    [InlineData("echo hello\n", "is neither a program nor a script that begins with #!")]
    public async Task Launch_OfABadScript_SaysWhatIsWrong(string text, string problem)
    {
        string file = _fixture.Write("run", text);

        Assert.Equal($"{file} {problem}", await _fixture.FailAsync(_fixture.Spec("./run")));
    }

    [Fact]
    public async Task Launch_OfAScript_RunsIt()
    {
        _fixture.Write("run", "#!/bin/sh -e\necho \"$1\"\n");

        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("./run", "a 'b"));

        Assert.Equal(["a 'b"], heard.Output);
    }

    [Fact]
    public async Task Launch_InAMissingFolder_SaysSo() => Assert.Equal(
        "its working directory /no/such/folder does not exist", await _fixture.FailAsync(_fixture.Spec("sleep", "1") with { WorkingDirectory = "/no/such/folder" }));

    [Fact]
    public async Task Launch_WithAnEnvironmentThatCannotBe_SaysWhichNotWhat()
    {
        LaunchSpec spec = _fixture.Spec("true") with { Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["KEY"] = "hush\0" } };

        string reason = await _fixture.FailAsync(spec);

        Assert.Contains("'KEY'", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_WithTooMuchEnvironment_IsPermanentAndTellsNoSecret()
    {
        LaunchSpec spec = _fixture.Spec("/bin/true") with { Environment = new Dictionary<string, string> { ["KEY"] = new string('x', 4 * 1024 * 1024) } };

        Assert.Equal("its arguments and environment are too long for this machine", await _fixture.FailAsync(spec));
    }

    [Fact]
    public async Task Launch_FindsTheCommandOnThePathOfTheChild()
    {
        _fixture.Write("dht", "#!/bin/sh\necho found\n");

        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("dht") with { Environment = new Dictionary<string, string> { ["PATH"] = $"/no/such:{_fixture.Folder}" } });

        Assert.Equal(["found"], heard.Output);
    }
}
