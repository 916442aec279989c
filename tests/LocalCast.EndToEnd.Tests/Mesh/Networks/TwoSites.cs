using System.Globalization;

namespace LocalCast.EndToEnd.Tests;

/// <summary>
/// Machines of two sites, as network namespaces with an address each. Those of a site hang on one bridge; the bridges are joined by a line that can be
/// slow, or cut, while everything within a site goes on.
/// </summary>
internal sealed class TwoSites : IAsyncDisposable
{
    private static int _count;

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"localcast-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-");
    private readonly Dictionary<string, string> _addresses = [];
    private DelayLine? _line;

    private TwoSites()
    {
    }

    private string Switch => _prefix + "switch";

    public static async Task<TwoSites> CreateAsync(string[] left, string[] right)
    {
        var sites = new TwoSites();
        try
        {
            await sites.BuildAsync(left, right);
            return sites;
        }
        catch
        {
            await sites.DisposeAsync(); // half a network is not left behind either
            throw;
        }
    }

    /// <summary>What an agent on a machine is started with.</summary>
    public MeshAgentSetup On(string machine, params IEnumerable<string> options) =>
        new() { Launcher = ["ip", "netns", "exec", _prefix + machine], Options = ["--host", _addresses[machine], .. options] };

    /// <summary>From now on everything between the sites takes so long on its way.</summary>
    public void Delay(TimeSpan time) => _line!.Delay = time;

    /// <summary>Nothing passes between the sites; nobody is told so.</summary>
    public Task CutAsync() => NetworkCommand.IpAsync("-n", Switch, "link", "set", DelayLine.Left, "down");

    public Task JoinAsync() => NetworkCommand.IpAsync("-n", Switch, "link", "set", DelayLine.Left, "up");

    public async ValueTask DisposeAsync()
    {
        foreach (string end in (string[])[DelayLine.Left, DelayLine.Right])
        {
            await NetworkCommand.TryIpAsync("-n", Switch, "link", "delete", end);
        }

        if (_line is not null)
        {
            await _line.DisposeAsync();
        }

        foreach (string machine in (string[])[.. _addresses.Keys, "switch"])
        {
            await NetworkCommand.TryIpAsync("netns", "delete", _prefix + machine);
        }
    }

    private async Task BuildAsync(string[] left, string[] right)
    {
        await NetworkCommand.IpAsync("netns", "add", Switch);
        await NetworkCommand.IpAsync("-n", Switch, "link", "add", "name", "left", "up", "type", "bridge");
        await NetworkCommand.IpAsync("-n", Switch, "link", "add", "name", "right", "up", "type", "bridge");
        _line = await DelayLine.CreateAsync(Switch);
        await NetworkCommand.IpAsync("-n", Switch, "link", "set", DelayLine.Left, "up", "master", "left");
        await NetworkCommand.IpAsync("-n", Switch, "link", "set", DelayLine.Right, "up", "master", "right");
        foreach (string machine in left)
        {
            await AddAsync(machine, "left");
        }

        foreach (string machine in right)
        {
            await AddAsync(machine, "right");
        }
    }

    private async Task AddAsync(string machine, string site)
    {
        string home = _prefix + machine;
        string address = string.Create(CultureInfo.InvariantCulture, $"10.77.0.{_addresses.Count + 1}");
        _addresses[machine] = address;
        await NetworkCommand.IpAsync("netns", "add", home);
        await NetworkCommand.IpAsync("-n", Switch, "link", "add", "name", machine, "type", "veth", "peer", "name", "eth0", "netns", home);
        await NetworkCommand.IpAsync("-n", Switch, "link", "set", "dev", machine, "up", "master", site);
        await NetworkCommand.IpAsync("-n", home, "link", "set", "lo", "up");
        await NetworkCommand.IpAsync("-n", home, "address", "add", $"{address}/24", "dev", "eth0");
        await NetworkCommand.IpAsync("-n", home, "link", "set", "eth0", "up");
    }
}
