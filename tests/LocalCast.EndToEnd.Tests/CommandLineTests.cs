namespace LocalCast.EndToEnd.Tests;

public sealed class CommandLineTests : CommandTest
{
    [Theory]
    [InlineData("unknown command 'pign'; did you mean 'ping'?", "pign")]
    [InlineData("'METHOD' missing", "call", "echo")]
    [InlineData("unknown option '--timeot'", "call", "echo", "upper", "x", "--timeot", "3")]
    [InlineData("--timeout: expected seconds", "ping", "--timeout", "soon")]
    [InlineData("--pipe: the name must not be empty", "ps", "--pipe", "")]
    [InlineData("--mode: expected all, one or every", "publish", "a", "b", "--mode", "some")]
    [InlineData("--count: expected a whole number", "bench", "call", "--count", "0")]
    public async Task WrongCommandLine_IsExplained(string problem, params string[] words) =>
        (await RunAsync(words)).AssertFailed(2, problem, "--help");

    [Fact]
    public async Task NoCommand_ShowsWhatThereIs()
    {
        CommandResult result = await RunAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("serve-echo", result.Errors);
    }

    [Theory]
    [InlineData("localcast call trial upper hello")]
    [InlineData("localcast call echo echo hello", "call")]
    [InlineData("localcast publish jobs", "publish")]
    [InlineData("--plugins", "up")]
    public async Task Help_Teaches(string text, params string[] command)
    {
        CommandResult result = await RunAsync([.. command, "--help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        Assert.Contains(text, result.Output);
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        CommandResult result = await RunAsync("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Output);
    }
}
