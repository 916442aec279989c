using System.Text;
using LocalCast.Supervision;

namespace LocalCast.Agent.Plugins;

/// <summary>A plugin that runs in the agent. It may be kept after its end: it then holds nothing of the plugin's.</summary>
#pragma warning disable CA1001 // the source has no timer and no linked token; Terminate may come at any time, also after the end
internal sealed class InProcessInstance(IInstanceListener listener) : IInstance
#pragma warning restore CA1001
{
    private const int MostLine = 16 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private PluginLife? _life;
    private bool _hasEnded;

    /// <summary>The agent's own process. Nothing is adopted by it: what runs in the agent ends with it.</summary>
    public InstanceIdentity Identity { get; } = new(Environment.ProcessId, StartTime: 0, BootId: "");

    public IReadOnlyList<string> Notes { get; } = ["runs in the agent's own process: it can be asked to end and given up, but not killed, and has no ceilings"];

    /// <summary>Whether its end was told: by itself, or because it was given up.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>Cancelled when it is to end.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Its code, while it may run; whoever sets it takes it back.</summary>
    public PluginLife? Life
    {
        get => Volatile.Read(ref _life);
        set => Volatile.Write(ref _life, value);
    }

    public void Terminate() => _ = _stop.CancelAsync();

    public void Kill()
    {
        _ = _stop.CancelAsync();
        if (Life is { } life)
        {
            _ = life.AbandonAsync(); // its name is free again, whatever its code still does
        }

        End(code: null);
    }

    // The agent's process is not the instance's: others live in it. Its session is known by the token.
    public bool Owns(int pid) => false;

    public ResourceUsage? Sample() => null;

    /// <summary>Tells lines that the plugin, or its host, has to say.</summary>
    public void Print(OutputStream stream, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string start = line.Length <= MostLine ? line.TrimEnd('\r') : line[..MostLine];
            lock (_lock) // so that nothing is told after the end; the listener does not block
            {
                if (!_hasEnded)
                {
                    listener.Printed(stream, Encoding.UTF8.GetBytes(start));
                }
            }
        }
    }

    /// <summary>Tells the end, once.</summary>
    public void End(int? code)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
        }

        listener.Exited(code, signal: null);
    }
}
