using System.Diagnostics;
using System.Globalization;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

/// <summary>Another process that runs nodes, to be killed: one with a script, and one that survives.</summary>
internal sealed class KilledAgent : IDisposable
{
    private readonly Process _process;

    private KilledAgent(Process process) => _process = process;

    public InstanceIdentity Child { get; private set; } = null!;

    public InstanceIdentity Survivor { get; private set; } = null!;

    /// <summary>The processes whose numbers the script printed.</summary>
    public List<string> Printed { get; } = [];

    /// <summary>Starts it, and waits until its script has printed that many numbers.</summary>
    public static async Task<KilledAgent> StartAsync(string script, int numbers, params string[] switches)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "LocalCast.Supervision.Tests.Launcher.dll");
        var start = new ProcessStartInfo("dotnet", [program, script, .. switches]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var agent = new KilledAgent(Process.Start(start)!);
        var identities = new List<InstanceIdentity>();
        while (identities.Count < 2 || agent.Printed.Count < numbers)
        {
            string[] words = (await agent._process.StandardOutput.ReadLineAsync().DefaultTimeout())!.Split(' ');
            if (words[0] == "printed")
            {
                agent.Printed.Add(words[1]);
            }
            else
            {
                identities.Add(new InstanceIdentity(int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2]));
            }
        }

        (agent.Child, agent.Survivor) = (identities[0], identities[1]);
        return agent;
    }

    /// <summary>The mark of its processes, as its child has it.</summary>
    public string Mark => Processes.Variable(Child.Pid, "LOCALCAST_AGENT") ?? throw new InvalidOperationException("the child has no mark");

    /// <summary>The guard that is there now; another than the one that was there before.</summary>
    public async Task<int> GuardAsync(int other = 0)
    {
        string mark = Mark;
        int guard = 0;
        await Until.TrueAsync(() => (guard = Processes.With(mark).FirstOrDefault(pid => pid != other && Processes.IsDaemon(pid))) != 0).DefaultTimeout();
        return guard;
    }

    public int Pid => _process.Id;

    /// <summary>Has it start a process that ends at once, and waits until it has heard of that.</summary>
    public async Task LaunchAsync()
    {
        await _process.StandardInput.WriteLineAsync().DefaultTimeout();
        Assert.Equal("launched", await _process.StandardOutput.ReadLineAsync().DefaultTimeout());
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().DefaultTimeout();
    }

    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().DefaultTimeout();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        Processes.Kill(Survivor);
        _process.Dispose();
    }
}
