namespace LocalCast.Mesh;

/// <summary>The round trip of a link, from the nonces that were sent and came back. Passive.</summary>
internal sealed class RoundTrip
{
    private ulong? _nonce;
    private int _samples;

    /// <summary>The smoothed round trip; <see langword="null"/> before the first answer.</summary>
    public TimeSpan? Value { get; private set; }

    /// <summary>When the last nonce was sent.</summary>
    public TimeSpan SentAt { get; private set; }

    /// <summary>A nonce was sent. One is out at a time; a later one replaces it.</summary>
    public void Sent(ulong nonce, TimeSpan now)
    {
        (_nonce, SentAt) = (nonce, now);
    }

    /// <summary>Whether an answer is out.</summary>
    public bool IsWaiting => _nonce is not null;

    /// <summary>Whether a nonce is the one that was sent last and has not come back.</summary>
    public bool IsAnswer(ulong nonce) => _nonce == nonce;

    /// <summary>A nonce came back.</summary>
    /// <returns>Whether it is the one that was sent.</returns>
    public bool TryAnswer(ulong nonce, TimeSpan now)
    {
        if (!IsAnswer(nonce))
        {
            return false;
        }

        _nonce = null;
        TimeSpan sample = now - SentAt;
        Value = _samples++ > 1 ? Value + ((sample - Value) / 4) : sample; // the first one is of a handshake on cold code: the second takes its place
        return true;
    }
}
