using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Calls to one target: after some failures in a row none is sent for a while, then one to see whether it is better. Passive.</summary>
internal sealed class CircuitBreaker(MeshOptions options)
{
    private int _failures;
    private TimeSpan _pause;
    private bool _isProbing;

    /// <summary>What the last failure was.</summary>
    public ErrorInfo? LastError { get; private set; }

    /// <summary>When the next call may be sent; <see langword="null"/> while the circuit is closed.</summary>
    public TimeSpan? OpenUntil { get; private set; }

    /// <summary>Whether a call may be sent. With an open circuit whose pause is over that is one: the next may when it is known how that one ended.</summary>
    public bool TryPass(TimeSpan now)
    {
        if (OpenUntil is null)
        {
            return true;
        }

        if (_isProbing || now < OpenUntil)
        {
            return false;
        }

        return _isProbing = true;
    }

    /// <summary>A call failed.</summary>
    /// <returns>Whether that opened the circuit.</returns>
    public bool Failed(ErrorInfo error, TimeSpan sentAt, TimeSpan now)
    {
        LastError = error;
        if (IsFromBefore(sentAt))
        {
            return false;
        }

        bool wasClosed = OpenUntil is null;
        if (wasClosed && ++_failures < options.CircuitFailures)
        {
            return false;
        }

        _pause = wasClosed ? options.CircuitPause : _pause * 2 < options.MostCircuitPause ? _pause * 2 : options.MostCircuitPause;
        OpenUntil = now + _pause;
        _isProbing = false;
        return wasClosed;
    }

    /// <summary>A call ended without saying anything about the target.</summary>
    public void Withdrawn(TimeSpan sentAt) => _isProbing &= IsFromBefore(sentAt);

    /// <summary>Whether a call was sent before the circuit was opened: since then there is only the one that is to see whether it is better.</summary>
    private bool IsFromBefore(TimeSpan sentAt) => OpenUntil is { } until && (!_isProbing || sentAt < until);
}
