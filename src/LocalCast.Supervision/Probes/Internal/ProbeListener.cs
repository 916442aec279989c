using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>Hears of one run of a probe's command.</summary>
/// <param name="secrets">What must not be shown of what it prints.</param>
internal sealed class ProbeListener(SecretMask? secrets) : IInstanceListener
{
    private const int MaxOutputBytes = 4096;

    private readonly TaskCompletionSource<ProbeResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private IInstance? _instance;
    private bool _isKilled;
    private int _bytes;

    public Task<ProbeResult> Ended => _ended.Task;

    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output.ToString().TrimEnd('\n');
            }
        }
    }

    public void Kill()
    {
        lock (_lock)
        {
            _isKilled = true;
        }

        _instance?.Kill();
    }

    public void Launched(IInstance instance)
    {
        bool isKilled;
        lock (_lock)
        {
            _instance = instance;
            isKilled = _isKilled;
        }

        if (isKilled)
        {
            instance.Kill();
        }
    }

    public void LaunchFailed(string reason, bool isPermanent) => _ended.TrySetResult(new ProbeResult(false, reason));

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            line = secrets is null ? line : secrets.Apply(line); // before it is cut: half a secret is not known as one
            ReadOnlySpan<byte> kept = line[..Math.Min(line.Length, Math.Max(0, MaxOutputBytes - _bytes))];
            if (_bytes < MaxOutputBytes)
            {
                _ = _output.Append(Encoding.UTF8.GetString(kept)).Append('\n');
            }

            _bytes += kept.Length + 1;
        }
    }

    public void Exited(int? code, int? signal)
    {
        string how = signal is not null ? $"ended by signal {signal}" : $"ended with {code}";
        _ = _ended.TrySetResult(new ProbeResult(code == 0, code == 0 ? Output : $"{how}\n{Output}".TrimEnd()));
    }
}
