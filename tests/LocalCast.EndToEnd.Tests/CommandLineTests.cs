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
    [InlineData("unknown option '--timeot'; did you mean '--timeout'?", "call", "echo", "upper", "x", "--timeot", "3")]
    [InlineData("unknown option '-v'; did you mean '--version'?", "-v")]
    [InlineData("unknown option '--prot'; did you mean '--port'?\n  see:", "up", "--prot", "5")]
    [InlineData("'b' is one argument too many\n  see:", "route", "a", "b")]
    [InlineData("--mesh-security: expected none, got 'non'\n  see:", "up", "--mesh-security", "non")]
    [InlineData("got 'ws://127.0.0.1:99999': its port has to be a number from 1 to 65535, not '99999'", "up", "--add-peer", "ws://127.0.0.1:99999")]
    [InlineData("got 'ws://127.0.0.1:1/foo': an address ends with its port, '/foo' does not belong to it", "up", "--add-peer", "ws://127.0.0.1:1/foo")]
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
    [InlineData("all: every subscriber; the default.", "publish")]
    [InlineData("Without it: 0,1,2,3,5.", "bench", "hops")]
    [InlineData("The agent by its id, or by its name where only one has it.", "route")]
    public async Task Help_Teaches(string text, params string[] command)
    {
        CommandResult result = await RunAsync([.. command, "--help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        Assert.Contains(text, Unwrapped(result.Output));
    }

    /// <summary>What the parser adds by itself is written as it would not take it.</summary>
    [Theory]
    [InlineData("publish")]
    [InlineData("bench", "hops")]
    public async Task Help_Defaults_AreWrittenAsTheyAreGiven(params string[] command)
    {
        string help = (await RunAsync([.. command, "--help"])).Output;

        Assert.DoesNotContain("[default: All]", help);
        Assert.DoesNotContain("|1|2", help);
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public async Task Version_IsPrinted()
    {
        CommandResult result = await RunAsync("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Output);
    }
}
