using System.Globalization;

namespace LocalCast.EndToEnd.Tests;

/// <summary>
/// Each agent in a network namespace of its own, and a line of its own for each two that are to be linked. There are no other ways between them, and each
/// line can be cut and slow by itself.
/// </summary>
internal sealed class NamespaceMesh : IGround
{
    private readonly Dictionary<string, NetworkNamespace> _machines = [];
    private readonly Dictionary<(string, string), Line> _lines = [];
    private readonly SemaphoreSlim _turn = new(1);

    public IEnumerable<(string Left, string Right)> Lines => _lines.Keys;

    public async Task<Place> PlaceAsync(string agent, IReadOnlyList<string> peers)
    {
        await _turn.WaitAsync(); // agents are started side by side
        try
        {
            if (!_machines.TryGetValue(agent, out NetworkNamespace? machine))
            {
                machine = await NetworkNamespace.CreateAsync(agent, string.Create(CultureInfo.InvariantCulture, $"10.77.0.{_machines.Count + 1}"));
                _machines.Add(agent, machine);
                foreach (string peer in peers)
                {
                    await ConnectAsync(agent, peer);
                }
            }

            return new Place(machine.Launcher, ["--host", machine.Address]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What comes before a command that is to run beside an agent.</summary>
    public IReadOnlyList<string> LauncherOf(string agent) => _machines[agent].Launcher;

    /// <summary>From now on everything between the two takes so long on its way.</summary>
    public void Delay(string left, string right, TimeSpan time) => LineOf(left, right).Delay = time;

    /// <summary>Nothing passes between the two any more, and nobody is told so.</summary>
    public void Cut(string left, string right) => LineOf(left, right).IsCut = true;

    public void Mend(string left, string right) => LineOf(left, right).IsCut = false;

    /// <summary>Nothing passes between the two any more, and both their systems know it: the devices are down.</summary>
    public async Task UnplugAsync(string left, string right)
    {
        await _machines[left].DownAsync(DeviceTo(right));
        await _machines[right].DownAsync(DeviceTo(left));
    }

    public async Task PlugInAsync(string left, string right)
    {
        await _machines[left].UpAsync(DeviceTo(right), _machines[right]);
        await _machines[right].UpAsync(DeviceTo(left), _machines[left]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((string left, string right) in Lines)
        {
            await _machines[left].DeleteDeviceAsync(DeviceTo(right));
            await _machines[right].DeleteDeviceAsync(DeviceTo(left));
        }

        foreach (Line line in _lines.Values)
        {
            await line.DisposeAsync();
        }

        foreach (NetworkNamespace machine in _machines.Values)
        {
            await machine.DeleteAsync();
        }

        _turn.Dispose();
    }

    private static string DeviceTo(string agent) => "to-" + agent;

    private Line LineOf(string left, string right) => _lines.TryGetValue((left, right), out Line? line) ? line : _lines[(right, left)];

    private async Task ConnectAsync(string left, string right)
    {
        _lines.Add((left, right), await Line.CreateAsync((_machines[left].Name, DeviceTo(right)), (_machines[right].Name, DeviceTo(left))));
        await PlugInAsync(left, right);
    }
}
