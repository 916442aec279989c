using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>How a command ended and what it printed.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The output as the one JSON document that it must be, with nothing on stderr.</summary>
    public JsonElement Json()
    {
        Assert.Equal("", Errors);
        Assert.Equal(0, ExitCode);
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>Asserts that it failed as a command must: nothing on stdout, one or two lines on stderr, and no stack trace.</summary>
    public CommandResult AssertFailed(int exitCode, params string[] texts)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode} instead of {exitCode}; stdout: {Output} stderr: {Errors}");
        Assert.Equal("", Output);
        Assert.InRange(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 2);
        Assert.DoesNotContain("   at ", Errors);
        Assert.All(texts, text => Assert.Contains(text, Errors));
        return this;
    }
}
