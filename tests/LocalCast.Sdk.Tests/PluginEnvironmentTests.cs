using LocalCast.Protocol;

namespace LocalCast.Sdk.Tests;

/// <summary>What an agent tells a process that it starts. The environment is the whole process's, so it is put back and nothing else here reads it.</summary>
public sealed class PluginEnvironmentTests : ScriptedAgentTest
{
    [Fact]
    public async Task Join_WithoutAName_TakesTheOneOfTheEnvironment()
    {
        Assert.Null(Environment.GetEnvironmentVariable("LOCALCAST_NODE"));
        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => LocalNode.JoinAsync());
        Assert.Equal(LocalCastError.BadRequest, e.Code);
        Assert.Contains("LOCALCAST_NODE", e.Message);
        try
        {
            Environment.SetEnvironmentVariable("LOCALCAST_NODE", "env-node");
            Environment.SetEnvironmentVariable("LOCALCAST_INSTANCE", "secret-7");

            LocalNode named = await JoinAsync();
            Assert.Equal("env-node", named.Name);
            Assert.Equal("secret-7", Testing.EnvelopeText.Field(Hello, "instance").GetString());

            await JoinAsync("other"); // a second node of the process is not the instance
            Assert.DoesNotContain("instance", Testing.EnvelopeText.PayloadText(Hello));
        }
        finally
        {
            Environment.SetEnvironmentVariable("LOCALCAST_NODE", null);
            Environment.SetEnvironmentVariable("LOCALCAST_INSTANCE", null);
        }
    }
}
