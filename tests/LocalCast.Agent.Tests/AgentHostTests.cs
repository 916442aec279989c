using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests;

/// <summary>Agents inside another program.</summary>
public sealed class AgentHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-").FullName;
    private readonly LogCollector _log = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task StartAsync_DataFolderOfAnotherAgentOfThisProcess_IsRefusedUntilThatOneStopped()
    {
        AgentHost first = await StartAsync("first");
        LocalCastException refusal = await Assert.ThrowsAsync<LocalCastException>(() => StartAsync("second"));
        Assert.Equal(LocalCastError.DuplicateName, refusal.Code);
        Assert.Contains(Path.Combine(_folder, "first"), refusal.Message);

        await first.DisposeAsync();

        await using AgentHost second = await StartAsync("second");
        Assert.True(File.Exists(Path.Combine(_folder, "data", "agent.holder")));
    }

    [Fact]
    public async Task StartAsync_KeepsNothing_MakesNoDataFolder()
    {
        await using AgentHost agent = await StartAsync("first", plugins: false);

        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    [Fact]
    public async Task StartAsync_KeepsNothingAndTheDataFolderIsAnothers_IsRefused()
    {
        await using AgentHost first = await StartAsync("first"); // whose nodes the second would take for a dead agent's

        LocalCastException refusal = await Assert.ThrowsAsync<LocalCastException>(() => StartAsync("second", plugins: false));

        Assert.Equal(LocalCastError.DuplicateName, refusal.Code);
    }

    private Task<AgentHost> StartAsync(string pipe, bool plugins = true)
    {
        var options = new AgentOptions
        {
            Pipe = Path.Combine(_folder, pipe),
            DataFolder = Path.Combine(_folder, "data"),
            PluginDirectories = [],
            ArePluginsEnabled = plugins,
        };
        return AgentHost.StartAsync(options, _log, TimeProvider.System, CancellationToken.None).DefaultTimeout();
    }
}
