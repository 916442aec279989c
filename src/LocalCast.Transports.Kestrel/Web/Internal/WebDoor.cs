using System.IO.Pipelines;
using System.Text;
using LocalCast.Protocol;
using Microsoft.AspNetCore.Connections;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>
/// Lets connections in, from the first byte on: those that are no WebSocket yet, however far they have come, have a place here. Whoever is refused is told so in
/// HTTP, if it cares to read.
/// </summary>
internal sealed class WebDoor(WebServerOptions options, TimeProvider time)
{
    /// <summary>How many refused ones are told so at a time; others are cut.</summary>
    private const int MostTold = 32;

    private static readonly TimeSpan _toldWithin = TimeSpan.FromSeconds(1);

    private readonly Newcomers<WebPlace> _newcomers = new(options.MaxConnections, options.MaxConnectionsEach, options.Moment);
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private long _refused;
    private long _evicted;
    private int _told;

    /// <summary>Connections that are no WebSocket, or not yet.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _newcomers.Count;
            }
        }
    }

    /// <summary>Connections for which there was no place.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Connections that had to make room for others.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Carries a connection for as long as it lasts.</summary>
    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var place = new WebPlace(this, connection);
        RemoteSource source = RemoteSource.Of(connection.RemoteEndPoint);
        NewcomerVerdict verdict;
        WebPlace? evicted;
        lock (_lock)
        {
            verdict = _newcomers.Admit(place, source, time.GetElapsedTime(_start), out evicted);
        }

        try
        {
            if (evicted is not null)
            {
                Interlocked.Increment(ref _evicted);
                evicted.Connection.Abort(new ConnectionAbortedException("it made room for another connection"));
            }

            if (verdict != NewcomerVerdict.Admitted)
            {
                Interlocked.Increment(ref _refused);
                await RefuseAsync(connection, verdict, source).ConfigureAwait(false);
                return;
            }

            connection.Features.Set(place);
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(place);
        }
    }

    /// <summary>A connection is no newcomer any more.</summary>
    public void Leave(WebPlace place)
    {
        lock (_lock)
        {
            _newcomers.Remove(place);
        }
    }

    private async Task RefuseAsync(ConnectionContext connection, NewcomerVerdict verdict, RemoteSource source)
    {
        bool isTold = Interlocked.Increment(ref _told) <= MostTold && options.ConfigureAddress is null; // behind TLS it would not be understood
        try
        {
            if (isTold)
            {
                await TellAsync(connection.Transport, Words(verdict, source)).WaitAsync(_toldWithin, time).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TimeoutException or ConnectionAbortedException)
        {
            // It did not want to know.
        }
        finally
        {
            Interlocked.Decrement(ref _told);
            connection.Abort(new ConnectionAbortedException("there is no room for it"));
        }
    }

    private static byte[] Words(NewcomerVerdict verdict, RemoteSource source)
    {
        (string status, string text) = verdict == NewcomerVerdict.SourceIsFull
            ? ("429 Too Many Requests", $"this LocalCast agent has as many connections from {source} as it may that are no link yet")
            : ("503 Service Unavailable", "this LocalCast agent has as many connections as it may that are no link yet");
        return Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length + 1}\r\nRetry-After: 1\r\nConnection: close\r\n\r\n{text}\n");
    }

    /// <summary>What it asks is read and forgotten: closed on unread bytes, a connection is reset, and the answer is lost with it.</summary>
    private static async Task TellAsync(IDuplexPipe transport, byte[] words)
    {
        await transport.Output.WriteAsync(words).ConfigureAwait(false);
        await transport.Output.CompleteAsync().ConfigureAwait(false);
        ReadResult read;
        do
        {
            read = await transport.Input.ReadAsync().ConfigureAwait(false);
            transport.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }
}

/// <summary>A connection's place among the newcomers.</summary>
internal sealed class WebPlace(WebDoor door, ConnectionContext connection)
{
    public ConnectionContext Connection => connection;

    /// <summary>It has become a WebSocket.</summary>
    public void Leave() => door.Leave(this);
}
