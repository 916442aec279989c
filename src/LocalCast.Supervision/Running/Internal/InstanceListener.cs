using System.Text;
using System.Text.RegularExpressions;

namespace LocalCast.Supervision.Internal;

/// <summary>Hears of one instance and tells the loop; what it prints goes to the log without a detour.</summary>
internal sealed class InstanceListener(LaunchSpec spec, SupervisorLoop loop, LiveInstances live, NodeLog log, Action<bool> remember) : IInstanceListener
{
    // Matching holds up the thread that watches all processes.
    private const int MostSlowLines = 10;

    private readonly string _node = spec.Node;
    private readonly int _generation = spec.Generation;
    private Regex? _awaited = spec.Manifest.Readiness is { Kind: ReadinessKind.Log, Pattern: { } pattern } ? ReadinessPattern.Compile(pattern) : null;
    private readonly SecretMask? _secrets = SecretMask.For(spec);
    private int _slowLines;

    public void Launched(IInstance instance)
    {
        live.Runs(_node, _generation, instance);
        remember(spec.Manifest.Survives);
        int? pid = instance.Identity.Pid > 0 ? instance.Identity.Pid : null;
        loop.Post((machine, now) => machine.Launched(_node, _generation, pid, instance.Notes, now));
    }

    public void LaunchFailed(string reason, bool isPermanent)
    {
        live.Remove(_node, _generation);
        OutputFiles.Delete(OutputFiles.Of(spec));
        loop.Post((machine, now) => machine.LaunchFailed(_node, _generation, reason, isPermanent, now));
    }

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line)
    {
        log.Append(stream, _secrets is null ? line : _secrets.Apply(line));
        if (_awaited is { } awaited && IsMatch(awaited, line))
        {
            _awaited = null;
            loop.Post((machine, now) => machine.LineMatched(_node, _generation, now));
        }
    }

    public void Exited(int? code, int? signal)
    {
        live.Remove(_node, _generation);
        OutputFiles.Delete(OutputFiles.Of(spec));
        remember(false);
        loop.Post((machine, now) => machine.Exited(_node, _generation, code, signal, now));
    }

    private bool IsMatch(Regex pattern, ReadOnlySpan<byte> line)
    {
        try
        {
            return pattern.IsMatch(Encoding.UTF8.GetString(line));
        }
        catch (RegexMatchTimeoutException)
        {
            if (++_slowLines == MostSlowLines)
            {
                _awaited = null;
                log.Append(OutputStream.Error, "[readiness.pattern takes too long to match; it is no longer looked for]"u8);
            }

            return false;
        }
    }
}
