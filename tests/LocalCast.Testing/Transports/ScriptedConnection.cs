using System.IO.Pipelines;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Testing;

/// <summary>A connection whose writes the test holds up, lets go and breaks.</summary>
public sealed class ScriptedConnection : IByteConnection
{
    private readonly Lock _lock = new();
    private readonly List<byte> _written = [];
    private TaskCompletionSource? _held;

    public PipeReader Input { get; } = new Pipe().Reader;

    public bool ReadsBlock => false;

    public PeerIdentity? Peer => null;

    /// <summary>Whether writes pend until <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>Whether writes throw.</summary>
    public bool IsBroken { get; set; }

    public int Writes { get; private set; }

    public byte[] Written
    {
        get
        {
            lock (_lock)
            {
                return [.. _written];
            }
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            Assert.Null(_held); // one write at a time is the caller's side of the contract
            if (IsBroken)
            {
                throw new LocalCastException(LocalCastError.Disconnected, "broken by the test");
            }

            Writes++;
            _written.AddRange(bytes.Span);
            if (!Holds)
            {
                return ValueTask.CompletedTask;
            }

            _held = new TaskCompletionSource();
            return new ValueTask(_held.Task);
        }
    }

    /// <summary>Lets the write that waits go, and holds those that follow if <see cref="Holds"/> says so.</summary>
    public void Release(Exception? failure = null)
    {
        TaskCompletionSource held;
        lock (_lock)
        {
            held = _held!;
            _held = null;
        }

        Inline.Run(() =>
        {
            if (failure is null)
            {
                held.SetResult();
            }
            else
            {
                held.SetException(failure);
            }
        });
    }

    public void Abort()
    {
        // Nothing waits here but what the test holds.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
