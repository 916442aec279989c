using System.Diagnostics;
using LocalCast.Agent.Mesh;
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

    [Fact]
    public async Task StopAsync_TheMeshStillWrites_NoOtherAgentGetsTheDataFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there is no file there that holds its writer
        }

        string data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        string draft = Path.Combine(data, "mesh.json.new"); // whoever opens it to write is held until somebody reads
        using (Process make = Process.Start("mkfifo", [draft]))
        {
            await make.WaitForExitAsync().DefaultTimeout();
        }

        AgentHost first = await StartAsync("first", plugins: false, options =>
        {
            (options.Mesh.Port, options.Mesh.Security) = (0, MeshSecurity.None);
            options.StopTimeout = TimeSpan.FromMilliseconds(100);
        });
        await first.StopAsync("test").DefaultTimeout();
        Assert.Equal(LocalCastError.DuplicateName, (await Assert.ThrowsAsync<LocalCastException>(() => StartAsync("second", plugins: false))).Code);

        Assert.NotEmpty(await File.ReadAllBytesAsync(draft).DefaultTimeout());

        await using AgentHost second = await StartWhenFreeAsync("second").DefaultTimeout();
        Assert.False(File.Exists(draft)); // the first was at its end
    }

    private async Task<AgentHost> StartWhenFreeAsync(string pipe)
    {
        while (true)
        {
            try
            {
                return await StartAsync(pipe, plugins: false);
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.DuplicateName)
            {
                await Task.Delay(1);
            }
        }
    }

    private Task<AgentHost> StartAsync(string pipe, bool plugins = true, Action<AgentOptions>? configure = null)
    {
        var options = new AgentOptions
        {
            Pipe = Path.Combine(_folder, pipe),
            DataFolder = Path.Combine(_folder, "data"),
            PluginDirectories = [],
            ArePluginsEnabled = plugins,
        };
        configure?.Invoke(options);
        return AgentHost.StartAsync(options, _log, TimeProvider.System, CancellationToken.None).DefaultTimeout();
    }
}
