using LocalCast.Agent.Nodes;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

public sealed class BadPluginTests(BadPlugins agent) : IClassFixture<BadPlugins>
{
    [Theory]
    [InlineData("missing-file", "none.dll")]
    [InlineData("no-assembly", "node.json")]
    [InlineData("no-plugin-type", "INodePlugin")]
    [InlineData("many-types", "has several plugins", "say which one with run.type")]
    [InlineData("wrong-type", "LocalCast.TestPlugins.IsNotThere")]
    [InlineData("no-dependency", "the plugin needs the assembly LocalCast.TestPlugins.Missing", "which is not there")]
    [InlineData("constructor", "no constructing today")]
    [InlineData("configure", "ConfigureAsync threw InvalidOperationException: no configuring today")]
    [InlineData("start", "StartAsync threw InvalidOperationException: no starting today")]
    public async Task Plugin_CannotBeStarted_FailsAlikeInBothPlaces(string plugin, params string[] words)
    {
        foreach (string node in new[] { plugin, plugin + "-inside" })
        {
            await agent.AssertIsAsync(node, "Failed");
            string why = await agent.Nodes.WhyAsync(node); // the reason, or its last words
            Assert.All(words, word => Assert.Contains(word, why));
        }
    }

    [Theory]
    [InlineData("endless-start")]
    [InlineData("endless-start-inside")]
    [InlineData("spins")]
    public async Task Plugin_NeverEndsItsStart_FailsAfterItsTime(string node) => await agent.AssertIsAsync(node, "Failed", "not ready after 3 s: it joined and did not say that it is ready");

    [Theory]
    [InlineData("endless-constructor")]
    [InlineData("endless-constructor-inside", "the constructor of the plugin has not returned")]
    public async Task Plugin_NeverEndsItsConstructor_FailsAfterItsTime(string node, params string[] words)
    {
        await agent.AssertIsAsync(node, "Failed", "not ready after 3 s: it did not join");
        string why = await agent.Nodes.WhyAsync(node);
        Assert.All(words, word => Assert.Contains(word, why));
    }

    [Fact]
    public async Task Plugin_InTheAgentThatHangsInItsConstructor_TakesNoSecondThread()
    {
        await agent.AssertIsAsync("stuck-inside", "Failed", "not ready after 3 s");
        for (int attempt = 0; attempt < 3; attempt++)
        {
            CommandResult start = await agent.CommandAsync("start", "stuck-inside");
            Assert.NotEqual(0, start.ExitCode);
            Assert.Contains("the constructor of an earlier launch has still not returned", start.Errors);
        }

        await agent.AssertIsAsync("stuck-inside", "Failed", "the agent must be restarted");
    }

    [Theory]
    [InlineData("overflows", "Stack overflow")]
    [InlineData("fails-fast", "nothing works any more")]
    public async Task Plugin_TakesItsProcessDown_SaysWithWhichWords(string node, string words)
    {
        await agent.AssertIsAsync(node, "Failed", "signal 6");
        Assert.Contains(await agent.Nodes.LogAsync(node, most: 100), line => line.Text.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("endless-stop")]
    [InlineData("endless-stop-inside")]
    public async Task Plugin_NeverEndsItsStop_IsEndedAllTheSame(string node)
    {
        await agent.AssertIsAsync(node, "Ready");
        CommandResult stop = await agent.CommandAsync("stop", node);
        Assert.True(stop.ExitCode == 0, stop.Errors);
        NodeRow row = await agent.Nodes.UntilAsync(node, "Disabled");
        Assert.Contains("stopped", row.Reason);
        await agent.AssertIsAsync(node, "Disabled");
    }
}
