using System.Diagnostics;
using System.Globalization;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A machine, as far as the network is concerned: one address, and a device for each line that leads to it.</summary>
internal sealed class NetworkNamespace
{
    private const string Folder = "/run/netns";

    /// <summary>Then comes the process that made it: who finds it later can tell whether it is still used.</summary>
    private const string Prefix = "localcast-";

    private static readonly Lazy<Task> _leftovers = new(() => RemoveLeftoversAsync());
    private static int _count;

    private NetworkNamespace(string name, string address) => (Name, Address) = (name, address);

    public string Name { get; }

    public string Address { get; }

    /// <summary>What comes before a command that is to run in it, and becomes that command.</summary>
    public IReadOnlyList<string> Launcher => ["ip", "netns", "exec", Name];

    /// <summary>Makes one, after what earlier runs left behind, if they were killed, is gone.</summary>
    public static async Task<NetworkNamespace> CreateAsync(string machine, string address)
    {
        await _leftovers.Value;
        string name = NameOf(Environment.ProcessId, $"{Interlocked.Increment(ref _count)}-{machine}");
        await NetworkCommand.IpAsync("netns", "add", name);

        // The address is the machine's and not a device's, so that it is the same over every line.
        await NetworkCommand.IpInAsync(name, "link set lo up", $"address add {address}/32 dev lo");
        return new NetworkNamespace(name, address);
    }

    public static string NameOf(int process, string rest) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{process}-{rest}");

    /// <summary>Removes the namespaces of test processes that are no more, with whatever runs in them.</summary>
    public static async Task RemoveLeftoversAsync()
    {
        string[] names = Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, Prefix + "*").Select(path => Path.GetFileName(path))] : [];
        foreach (string name in names.Where(name => int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out int process) && !Directory.Exists($"/proc/{process}")))
        {
            await KillAllInAsync(name);
            await NetworkCommand.TryIpAsync("netns", "delete", name);
        }
    }

    /// <summary>The device is up from now on, and the way to the machine at the other end of its line.</summary>
    public Task UpAsync(string device, NetworkNamespace other) =>
        NetworkCommand.IpInAsync(Name, $"link set {device} up", $"route add {other.Address}/32 dev {device} src {Address}");

    /// <summary>The system knows at once that nothing passes here, and takes the way away.</summary>
    public Task DownAsync(string device) => NetworkCommand.IpInAsync(Name, $"link set {device} down");

    public Task DeleteDeviceAsync(string device) => NetworkCommand.TryIpAsync("-n", Name, "link", "delete", device);

    public Task DeleteAsync() => NetworkCommand.TryIpAsync("netns", "delete", Name);

    private static async Task KillAllInAsync(string name)
    {
        foreach (string pid in (await NetworkCommand.TryIpAsync("netns", "pids", name)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
                process.Kill();
            }
            catch (ArgumentException)
            {
                // It has ended meanwhile.
            }
        }
    }
}
