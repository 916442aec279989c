using LocalCast.Agent.Plugins;
using LocalCast.Broadcasting;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Agent.Tests;

/// <summary>The host of a plugin process, told everything by the environment, on a real pipe.</summary>
public sealed class PluginHostTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-").FullName;
    private readonly LogCollector _log = new();
    private Broadcaster _hub = null!;

    public async Task InitializeAsync()
    {
        string pipe = Path.Combine(_folder, "pipe");
        _hub = new Broadcaster(new BroadcasterOptions { AgentName = "test-agent" }, TimeProvider.System, _log);
        _hub.Listen(await PipeListener.ListenAsync(pipe, NullLoggerFactory.Instance, default));
        Environment.SetEnvironmentVariable("LOCALCAST_PIPE", pipe);
        Environment.SetEnvironmentVariable("LOCALCAST_NODE", "hosted");
        Environment.SetEnvironmentVariable("LOCALCAST_DATA", Path.Combine(_folder, "data"));
        Environment.SetEnvironmentVariable("LOCALCAST_SETTINGS", """{"size":3}""");
    }

    public async Task DisposeAsync()
    {
        foreach (string variable in (string[])["LOCALCAST_PIPE", "LOCALCAST_NODE", "LOCALCAST_DATA", "LOCALCAST_SETTINGS"])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        await _hub.DisposeAsync().DefaultTimeout();
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(_log.Defects);
    }

    [Fact]
    public async Task Run_Good_ServesUntilStoppedAndEndsWithZero()
    {
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();
        var error = new StringWriter();
#pragma warning disable CA2025 // it is awaited below
        Task<int> running = PluginHost.RunAsync([TestPlugins.Assembly, "--type", "LocalCast.TestPlugins.Good"], output, error, stop.Token);
#pragma warning restore CA2025
        await using LocalNode caller = await LocalNode.JoinAsync("caller", o => o.DrainTimeout = TimeSpan.Zero).DefaultTimeout();
        await caller.RequireAsync(["hosted"]).DefaultTimeout();
        Assert.Equal("""{"size":3}""", await caller.CallAsync<string>("hosted", "settings").DefaultTimeout());

        await stop.CancelAsync();

        Assert.Equal(0, await running.DefaultTimeout());
        Assert.Equal(["configured", "started as hosted in state Joining", "stopped"], output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", error.ToString());
    }

    [Theory]
    [InlineData("LocalCast.TestPlugins.ThrowsInConstructor", "the constructor of LocalCast.TestPlugins.ThrowsInConstructor threw")]
    [InlineData("LocalCast.TestPlugins.ThrowsInConfigure", "ConfigureAsync threw InvalidOperationException: no configuring today")]
    [InlineData("LocalCast.TestPlugins.ThrowsInStart", "StartAsync threw InvalidOperationException: no starting today")]
    [InlineData("LocalCast.TestPlugins.NeedsMore", "the plugin needs the assembly LocalCast.TestPlugins.Missing, Version=")]
    [InlineData("LocalCast.TestPlugins.Nobody", "LocalCast.TestPlugins has no type")]
    public async Task Run_BadPlugin_EndsWithOneAndOneLine(string type, string reason) =>
        await FailsAsync(reason, TestPlugins.Assembly, "--type", type);

    [Fact]
    public async Task Run_BadAssembly_EndsWithOneAndOneLine()
    {
        string text = Path.Combine(_folder, "text.dll");
        await File.WriteAllTextAsync(text, "not an assembly");

        await FailsAsync("there is no assembly /nowhere/Dns.dll", "/nowhere/Dns.dll");
        await FailsAsync($"{text} is not a .NET assembly", text);
        await FailsAsync("LocalCast.TestPlugins.Missing has no class that implements LocalCast.INodePlugin", TestPlugins.AssemblyWithoutPlugins);
        await FailsAsync("LocalCast.TestPlugins has several plugins: ", TestPlugins.Assembly);
        await FailsAsync("usage: ", TestPlugins.Assembly, "--typo", "x");
    }

    [Fact]
    public async Task Run_BadEnvironment_EndsWithOneAndOneLine()
    {
        Environment.SetEnvironmentVariable("LOCALCAST_SETTINGS", "{");
        await FailsAsync("", TestPlugins.Assembly, "--type", "LocalCast.TestPlugins.Good");
        Environment.SetEnvironmentVariable("LOCALCAST_SETTINGS", null);
        Environment.SetEnvironmentVariable("LOCALCAST_NODE", null);
        await FailsAsync("no name: LOCALCAST_NODE is not set", TestPlugins.Assembly, "--type", "LocalCast.TestPlugins.Good");
    }

    private static async Task FailsAsync(string reason, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await PluginHost.RunAsync(arguments, output, error, default).DefaultTimeout();
        Assert.Equal(1, exitCode);
        Assert.Equal("", output.ToString());
        Assert.StartsWith("plugin-host: " + reason, error.ToString());
        Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
