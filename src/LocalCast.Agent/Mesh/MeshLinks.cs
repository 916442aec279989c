using System.Buffers;
using System.Collections.Concurrent;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Transports;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>The connections to other agents: dials, accepts, and carries messages between them and the machine. Hot path.</summary>
internal sealed class MeshLinks(MeshDriver driver, MeshSelf self, ProtocolLimits limits, WebSocketTransportOptions sockets, TimeProvider timeProvider, ILogger logger) : IFrameLinkOwner, IAsyncDisposable
{
    /// <summary>How many links may be saying their last words, which takes as long as their peers like, up to two seconds. Beyond that they are cut: they hold connections that others want.</summary>
    private const int MostEnding = 512;

    private static readonly TimeSpan _closeWithin = TimeSpan.FromSeconds(3);

    /// <summary>A peer has ten seconds to take something: who looks more often learns nothing.</summary>
    private static readonly TimeSpan _watchEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, FrameLink> _links = new();
    private readonly ConcurrentDictionary<long, bool> _lastWords = new();
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _opening = new();
    private readonly List<FrameLink> _filled = [];
    private readonly long _start = timeProvider.GetTimestamp();
    private long _lastNumber;
    private TimeSpan _nextWatch;
    private bool _isEnding;

    /// <summary>Takes connections that other agents dialled, until the listener ends.</summary>
    public async Task AcceptAsync(MeshPort port)
    {
        while (await port.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is { } connection)
        {
            try
            {
                await OpenAsync(connection, LinkDirection.Inbound, connection.RemoteAddress, connection.NodeId).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                MeshLog.Defect(logger, e); // one connection's; others are taken all the same
            }
        }
    }

    /// <summary>From now on no link begins: what is being dialled is given up.</summary>
    public async Task StopOpeningAsync()
    {
        lock (_opening)
        {
            _isEnding = true;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Dials an address; the machine is told what became of it.</summary>
    public void Dial(string address)
    {
        lock (_opening)
        {
            if (!_isEnding)
            {
                _ = DialAsync(address, _ending.Token);
            }
        }
    }

    /// <summary>Sends what waits for a link, as far as it takes it.</summary>
    public void Wake(long number)
    {
        if (_links.TryGetValue(number, out FrameLink? link))
        {
            Fill(link);
        }
    }

    /// <summary>Sends what waits for a link, then ends it.</summary>
    public void Close(long number, ErrorInfo reason)
    {
        if (!_links.TryGetValue(number, out FrameLink? link))
        {
            return;
        }

        Fill(link);
        if (!_isEnding && _lastWords.Count >= MostEnding)
        {
            link.Abort(reason);
            return;
        }

        _lastWords.TryAdd(number, true);
        link.Close(reason);
        if (!_links.ContainsKey(number))
        {
            _lastWords.TryRemove(number, out _); // it ended meanwhile
        }
    }

    /// <summary>Writes what was filled.</summary>
    public void Flush()
    {
        foreach (FrameLink link in _filled)
        {
            link.Flush();
        }

        _filled.Clear();
    }

    /// <summary>Ends links whose other side takes nothing. To be called about once a second, or more often.</summary>
    public void Watch()
    {
        TimeSpan now = timeProvider.GetElapsedTime(_start);
        if (now < _nextWatch)
        {
            return;
        }

        _nextWatch = now + _watchEvery;
        foreach ((_, FrameLink link) in _links)
        {
            link.Watch(now);
        }
    }

    /// <summary>Waits until all links have ended, which they were told to.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopOpeningAsync().ConfigureAwait(false);
        long start = timeProvider.GetTimestamp();
        while (!_links.IsEmpty && timeProvider.GetElapsedTime(start) < _closeWithin)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeProvider).ConfigureAwait(false);
        }

        foreach ((_, FrameLink link) in _links)
        {
            link.Abort(new ErrorInfo(LocalCastError.Disconnected, "the agent stops"));
        }

        _ending.Dispose();
    }

    void IFrameLinkOwner.Received(FrameLink link, ReadOnlySpan<byte> body)
    {
        bool isJson = body[0] == JsonCodec.FirstByte;
        Envelope message;
        try
        {
            message = isJson ? JsonCodec.Decode(body, limits) : BinaryCodec.Decode(body);
        }
        catch (Exception e) when (e is InvalidDataException or LocalCastException)
        {
            var why = new ErrorInfo(LocalCastError.BadRequest, e.Message);
            driver.Do((link.Number, why), static (machine, what, now) => machine.Malformed(what.Number, what.why, now));
            return;
        }

        driver.Tell((link.Number, message, body.Length, isJson), static (machine, what, now) => machine.Received(what.Number, what.message, what.Length, now, what.isJson));
    }

    void IFrameLinkOwner.BatchEnded(FrameLink link) => driver.Settle();

    void IFrameLinkOwner.RoomAgain(FrameLink link) => driver.Do(link.Number, static (machine, number, now) => machine.RoomAgain(number));

    void IFrameLinkOwner.Malformed(FrameLink link, ErrorInfo why) =>
        driver.Do((link.Number, why), static (machine, what, now) => machine.Malformed(what.Number, what.why, now));

    void IFrameLinkOwner.Closed(FrameLink link, ErrorInfo reason)
    {
        _links.TryRemove(link.Number, out _);
        _lastWords.TryRemove(link.Number, out _);
        driver.Do((link.Number, reason), static (machine, what, now) => machine.LinkClosed(what.Number, what.reason, now));
    }

    private void Fill(FrameLink link)
    {
        _filled.Add(link);
        while (link.CanSend() && driver.TryTake(link.Number, out Envelope? message))
        {
            _body.ResetWrittenCount();
            try
            {
                if (link.IsJson)
                {
                    JsonCodec.Encode(message!, _body);
                }
                else
                {
                    BinaryCodec.Encode(message!, _body);
                }
            }
            catch (Exception e) when (e is LocalCastException or InvalidDataException)
            {
                MeshLog.NotSent(logger, link.Number, message!.Spelling, e.Message); // what waits behind it goes out
                continue;
            }

            link.Send(_body.WrittenSpan);
        }
    }

    private async Task DialAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // whoever performs effects does not wait for names to be resolved
            var connector = new WebSocketConnector(address, self.Id, sockets, timeProvider);
            WebSocketConnection connection = await connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
            await OpenAsync(connection, LinkDirection.Outbound, address, expectedId: null).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LocalCastException or OperationCanceledException or UriFormatException or ArgumentException)
        {
            ErrorInfo why = (e as LocalCastException)?.Error ?? new ErrorInfo(LocalCastError.Disconnected, e.Message);
            MeshLog.DialFailed(logger, address, why.Message);
            driver.Do((address, why), static (machine, what, now) => machine.DialFailed(what.address, what.why, now));
        }
    }

    private async ValueTask OpenAsync(WebSocketConnection connection, LinkDirection direction, string address, string? expectedId)
    {
        long number = Interlocked.Increment(ref _lastNumber);
        var link = new FrameLink(connection, new FrameLinkOptions(), timeProvider) { Number = number };
        bool isTooLate;
        lock (_opening)
        {
            isTooLate = _isEnding;
            if (!isTooLate)
            {
                _links[number] = link;
            }
        }

        if (isTooLate)
        {
            await connection.DisposeAsync().ConfigureAwait(false); // nobody would end it any more
            return;
        }

        driver.Do((number, direction, address, expectedId), static (machine, what, now) => machine.LinkOpened(what.number, what.direction, what.address, what.expectedId, now));
        link.Start(this);
    }
}
