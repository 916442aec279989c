using System.Text.Json;
using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <summary>The agent's wish that the node end. A node that has not left at the deadline gets a signal, and is killed later.</summary>
public sealed class StopRequest
{
    private readonly LinkSession _session;
    private readonly string? _id;
    private readonly long _start;
    private long _ticks;

    internal StopRequest(LinkSession session, string? id, string reason, TimeSpan time)
    {
        (_session, _id, Reason, _ticks) = (session, id, reason, time.Ticks);
        _start = Time.GetTimestamp();
    }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>The time that is left, what was asked for in addition included; zero when it is over.</summary>
    public TimeSpan TimeLeft => TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _ticks) - Time.GetElapsedTime(_start).Ticks));

    /// <summary>When it is over.</summary>
    public DateTimeOffset Deadline => Time.GetUtcNow() + TimeLeft;

    private TimeProvider Time => _session.Node.Options.TimeProvider;

    /// <summary>Asks the agent for more time. It is granted up to a limit that the node's manifest sets, 60 s in all unless it says otherwise.</summary>
    /// <param name="more">How much, from the present deadline on.</param>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.Disconnected"/> when the agent that asked has gone.</exception>
    public ValueTask ExtendAsync(TimeSpan more)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(more, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(more, TimeSpan.FromDays(1));
        if (_session.Ended is { } ended)
        {
            return ValueTask.FromException(new LocalCastException(ended));
        }

        Interlocked.Add(ref _ticks, more.Ticks);
        _session.Send(new Envelope { Type = MessageType.Extend, ReplyTo = _id, PayloadKind = PayloadKind.Json, Payload = Milliseconds(more) });
        _session.Outbox.Flush();
        return ValueTask.CompletedTask;
    }

    private static byte[] Milliseconds(TimeSpan more)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(32);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteNumber("ms"u8, (long)more.TotalMilliseconds);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
