using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

public sealed class FrameLinkTests : IAsyncLifetime
{
    private readonly MemoryTransport _transport = new();
    private readonly RecordingOwner _owner = new();
    private readonly FakeTimeProvider _time = new();
    private IByteConnection _peer = null!;
    private FrameLink _link = null!;

    public async Task InitializeAsync()
    {
        _peer = await _transport.ConnectAsync(default).DefaultTimeout();
        _link = new FrameLink((await _transport.AcceptAsync(default).DefaultTimeout())!, new FrameLinkOptions { MaxFrameBytes = 100_000 }, _time) { Number = 7 };
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync().DefaultTimeout();
        await _transport.DisposeAsync().DefaultTimeout();
    }

    [Fact]
    public async Task Received_SeveralFramesTogether_AreOneBatch()
    {
        _link.Start(_owner);

        await _peer.WriteAsync(new byte[] { 0, 0, 0, 1, 1, 0, 0, 0, 2, 1, 2, 0, 0 }).DefaultTimeout();

        await AssertToldAsync("frame 01", "frame 0102", "batch");
        Assert.Equal((2, 3, false), (_link.ReceivedFrames, _link.ReceivedBytes, _link.IsJson));
    }

    [Fact]
    public async Task IsJson_FirstFrameBeginsWithABrace_StaysSo()
    {
        _link.Start(_owner);

        await _peer.WriteAsync(new byte[] { 0, 0, 0, 2, (byte)'{', (byte)'}', 0, 0, 0, 1, 1 }).DefaultTimeout();

        await AssertToldAsync("frame 7b7d", "frame 01", "batch");
        Assert.True(_link.IsJson);
    }

    [Fact]
    public async Task Flush_SeveralFrames_AreOneWrite()
    {
        var connection = new ScriptedConnection();
        var link = new FrameLink(connection, new(), _time);

        Assert.True(link.Send([1]));
        Assert.True(link.Send([1, 2]));
        Assert.Equal(0, connection.Writes);
        link.Flush();

        Assert.Equal(1, connection.Writes);
        Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0, 2, 1, 2], connection.Written);
        Assert.Equal((2, 11), (link.SentFrames, link.SentBytes));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task CanSend_ConnectionTakesNothing_TellsWhenThereIsRoom()
    {
        _link.Start(_owner);
        int frames = 0;
        while (_link.CanSend())
        {
            Assert.True(_link.Send(new byte[10_000]));
            _link.Flush();
            Assert.True(++frames < 100, "nothing held it up");
        }

        Assert.True(_link.Send(new byte[100_000]), "after CanSend there was room for any frame");
        await _peer.ReadAtLeastAsync((frames * 10_004) + 100_004);

        await AssertToldAsync("room");
        Assert.True(_link.CanSend());
    }

    [Fact]
    public void Send_WithoutAskingWhetherItCan_IsBounded()
    {
        var link = new FrameLink(new ScriptedConnection(), new FrameLinkOptions { MaxFrameBytes = 100, MaxWaitingBytes = 100 }, _time);
        for (int i = 0; i < 100 && link.Send(new byte[96]); i++)
        {
        }

        Assert.Equal(3, link.SentFrames);
    }

    [Fact]
    public async Task Close_WhatIsQueued_IsSentFirst()
    {
        _link.Start(_owner);
        _link.Send([9]);

        _link.Close(new ErrorInfo(LocalCastError.Forbidden, "banned"));
        _link.Close(new ErrorInfo(LocalCastError.Internal, "too late"));

        Assert.Equal(5, await _peer.ReadToEndAsync().DefaultTimeout());
        await AssertToldAsync("closed Forbidden: banned");
        Assert.False(_link.Send([1]));
    }

    [Fact]
    public async Task Close_InTheMiddleOfABatch_HandsNothingMoreOver()
    {
        var owner = new RecordingOwner { OnFrame = (link, _) => link.Close(new ErrorInfo(LocalCastError.BadRequest, "no")) };
        _link.Start(owner);

        await _peer.WriteAsync(new byte[] { 0, 0, 0, 1, 1, 0, 0, 0, 1, 2 }).DefaultTimeout();

        Assert.Equal("frame 01", await owner.NextAsync().DefaultTimeout());
        Assert.Equal("batch", await owner.NextAsync().DefaultTimeout());
        Assert.Equal("closed BadRequest: no", await owner.NextAsync().DefaultTimeout());
        await _link.Completion.DefaultTimeout();
    }

    [Fact]
    public async Task Close_PeerTakesNothing_EndsWithTheTime()
    {
        _link.Start(_owner);
        while (_link.CanSend())
        {
            _link.Send(new byte[10_000]);
            _link.Flush();
        }

        _link.Close(new ErrorInfo(LocalCastError.Disconnected, "going"));
        await AdvanceUntilAsync(_link.Completion).DefaultTimeout();

        await AssertToldAsync("closed Disconnected: going");
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0, 0, 0 }, "BadRequest")]
    [InlineData(new byte[] { 0, 2, 0, 0 }, "TooLarge")]
    public async Task Malformed_Length_IsToldAndEndsTheLinkBehindTheLastWord(byte[] length, string code)
    {
        var malformed = new TaskCompletionSource<ErrorInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        var owner = new RecordingOwner { OnMalformed = (_, why) => malformed.SetResult(why) };
        _link.Start(owner);
        await _peer.WriteAsync(length).DefaultTimeout();
        ErrorInfo why = await malformed.Task.DefaultTimeout();
        Assert.Equal($"malformed {code}", await owner.NextAsync().DefaultTimeout());

        // On another thread than the one that was told, and later.
        _link.Send("bye"u8);
        _link.Close(why);

        Assert.Equal(7, await _peer.ReadToEndAsync().DefaultTimeout());
        Assert.StartsWith($"closed {code}: ", await owner.NextAsync().DefaultTimeout());
    }

    [Fact]
    public async Task Malformed_OwnerSaysNothing_EndsAfterTheTimeForClosing()
    {
        _link.Start(_owner);
        await _peer.WriteAsync(new byte[] { 0xff, 0, 0, 0 }).DefaultTimeout();
        await AssertToldAsync("malformed BadRequest");

        await AdvanceUntilAsync(_link.Completion).DefaultTimeout();

        Assert.StartsWith("closed BadRequest: ", await _owner.NextAsync().DefaultTimeout());
    }

    [Fact]
    public async Task Watch_PeerTakesNothing_EndsTheLinkAfterTheTime()
    {
        var connection = new ScriptedConnection { Holds = true };
        var link = new FrameLink(connection, new(), _time);
        link.Start(_owner);
        link.Watch(TimeSpan.FromSeconds(100));
        link.Send([1]);
        link.Flush();
        link.Watch(TimeSpan.FromSeconds(200)); // only now something waits
        link.Watch(TimeSpan.FromSeconds(209));
        Assert.True(link.Send([2]));
        link.Flush();

        link.Watch(TimeSpan.FromSeconds(210));

        await AssertToldAsync("closed Timeout: the peer took nothing for 10 s, and 10 bytes waited for it");
    }

    [Fact]
    public void Watch_PeerTakesSomething_BeginsAnew()
    {
        var watch = new SendWatch(TimeSpan.FromSeconds(10));

        Assert.False(watch.IsStuck(queuedBytes: 5, writtenBytes: 0, TimeSpan.Zero));
        Assert.False(watch.IsStuck(queuedBytes: 4, writtenBytes: 1, TimeSpan.FromSeconds(10)));
        Assert.False(watch.IsStuck(queuedBytes: 4, writtenBytes: 1, TimeSpan.FromSeconds(19)));
        Assert.True(watch.IsStuck(queuedBytes: 4, writtenBytes: 1, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Closed_PeerLeaves_IsToldOnce()
    {
        _link.Start(_owner);

        await _peer.DisposeAsync().DefaultTimeout();

        await AssertToldAsync("closed Disconnected: the peer ended the connection");
    }

    [Fact]
    public async Task Closed_OwnerThrows_EndsThisLinkWithTheDefect()
    {
        var owner = new RecordingOwner { OnFrame = (_, _) => throw new FormatException("oops") };
        _link.Start(owner);

        await _peer.WriteAsync(new byte[] { 0, 0, 0, 1, 1 }).DefaultTimeout();

        Assert.Equal("frame 01", await owner.NextAsync().DefaultTimeout());
        Assert.Equal("closed Internal: a defect ended the link: oops", await owner.NextAsync().DefaultTimeout());
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private async Task AssertToldAsync(params string[] expected)
    {
        foreach (string told in expected)
        {
            Assert.Equal(told, await _owner.NextAsync().DefaultTimeout());
        }
    }
}
