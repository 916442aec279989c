using LocalCast.Supervision.Tests.Running;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Watching;

public sealed class PluginWatcherTests : IAsyncLifetime
{
    private readonly SupervisorRig _rig = new();
    private readonly DirectoryInfo _plugins = Directory.CreateTempSubdirectory("localcast-watch-");
    private readonly PluginWatcher _watcher;
    private int _reloads;

    public PluginWatcherTests()
    {
        Write("dns", "{}");
        _watcher = new PluginWatcher([_plugins.FullName, "/no/such/folder"], _rig.Supervisor, ReloadAsync, _rig.Time, _rig.Log.CreateLogger(""));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _watcher.DisposeAsync();
        await _rig.DisposeAsync();
        _plugins.Delete(recursive: true);
    }

    [Fact]
    public async Task Look_ManifestsThatChangeComeOrGo_ReloadOnceTheyAreQuiet()
    {
        Assert.Equal(0, await LooksAsync());
        Write("dns", "{ }");
        Assert.Equal(1, await LooksAsync());
        Write("dht", "{}");
        Assert.Equal(2, await LooksAsync());
        Directory.Delete(Path.Combine(_plugins.FullName, "dht"), recursive: true);
        Assert.Equal(3, await LooksAsync());
        Assert.Equal(3, await LooksAsync());
    }

    [Fact]
    public async Task Look_AManifestThatChangedBeforeTheFirstLook_IsNotMissed()
    {
        Write("dns", "{  }"); // after the watcher was made, as while the manifests are read

        Assert.Equal(1, await LooksAsync());
    }

    [Fact]
    public async Task Look_AWatchedFileChanges_RefreshesAllThatWatchIt()
    {
        string watched = Path.Combine(_plugins.FullName, "shared.py");
        await File.WriteAllTextAsync(watched, "1");
        await _rig.StartAsync(Watching("a"), Watching("b"), Watching("c") with { Reload = new ReloadSpec() });
        await LooksAsync();
        Assert.Equal(3, _rig.Processes.Launched.Count);
        foreach (FakeInstance instance in _rig.Processes.Launched)
        {
            instance.Listener.Exited(3, null); // they wait for their next try, and a change gives it at once
        }

        await File.WriteAllTextAsync(watched, "22");
        await LooksAsync();

        Assert.Equal(["a", "b"], _rig.Processes.Launched.Skip(3).Select(instance => instance.Spec.Node).Order());
        Assert.Equal(0, _reloads);
    }

    [Fact]
    public async Task Look_TheEnvironmentFileOfABrokenManifestIsMended_ReadsTheManifestsAgain()
    {
        string file = Path.Combine(_plugins.FullName, "dns.env");
        await File.WriteAllTextAsync(file, "A='");
        await _rig.Supervisor.StartAsync(new PluginScan([], [new BrokenNode("dns", file, [new ManifestProblem(file, "line 1", "?")]) { EnvironmentFiles = [file] }], []));
        await LooksAsync();

        await File.WriteAllTextAsync(file, "A='b'");

        Assert.Equal(1, await LooksAsync());
    }

    [Fact]
    public async Task Watch_AReloadThatFails_IsTriedAgainAtTheNextChange()
    {
        Write("dns", "{ }");
        _reloads = -1; // fails
        await Assert.ThrowsAsync<IOException>(LooksAsync);
        _reloads = 0;
        Write("dns", "{   }");

        Assert.Equal(1, await LooksAsync());
    }

    private NodeManifest Watching(string name) => MachineManifests.Of(name) with { Restart = new RestartSpec { Backoff = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1) }, Reload = new ReloadSpec { Watch = [Path.Combine(_plugins.FullName, "shared.py")] } };

    private Task ReloadAsync() => _reloads++ >= 0 ? Task.CompletedTask : throw new IOException("no");

    /// <summary>Looks twice, with a quiet time between.</summary>
    private async Task<int> LooksAsync()
    {
        await _watcher.LookAsync().DefaultTimeout();
        _rig.Time.Advance(TimeSpan.FromMilliseconds(300));
        await _watcher.LookAsync().DefaultTimeout();
        if (_rig.Supervisor.Views.Count > 0)
        {
            await _rig.DoneAsync().DefaultTimeout();
        }

        return _reloads;
    }

    private void Write(string plugin, string text)
    {
        Directory.CreateDirectory(Path.Combine(_plugins.FullName, plugin));
        File.WriteAllText(Path.Combine(_plugins.FullName, plugin, "node.json"), text);
    }
}
