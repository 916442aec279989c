using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

/// <summary>Links over WebSockets, with peers that behave badly.</summary>
public sealed class WebSocketLinkTests : IAsyncLifetime
{
    private readonly RecordingOwner _owner = new();
    private TestWebServer _server = null!;
    private RawWebSocket _peer = null!;
    private FrameLink _link = null!;

    public async Task InitializeAsync()
    {
        _server = await TestWebServer.StartAsync();
        _peer = await RawWebSocket.ConnectAsync(_server.EndPoint);
        _link = new FrameLink(await _server.AcceptAsync(), new(), TimeProvider.System);
        _link.Start(_owner);
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _link.Completion.DefaultTimeout();
        await _server.StopAsync();
    }

    [Fact]
    public async Task Watch_PeerStopsReading_EndsTheLinkAndNoOther()
    {
        await using RawWebSocket other = await RawWebSocket.ConnectAsync(_server.EndPoint);
        var otherOwner = new RecordingOwner();
        var otherLink = new FrameLink(await _server.AcceptAsync(), new(), TimeProvider.System);
        otherLink.Start(otherOwner);
        for (int i = 0; _link.CanSend(); i++)
        {
            _link.Send(new byte[50_000]);
            _link.Flush();
            Assert.True(i < 1000, "nothing held it up");
        }

        for (int seconds = 0; !_link.Completion.IsCompleted; seconds += 10)
        {
            _link.Watch(TimeSpan.FromSeconds(seconds)); // more than twice only while the system still takes something for the peer
            await Task.Yield();
        }

        string told = await _owner.NextAsync().DefaultTimeout();
        Assert.StartsWith("closed Timeout: the peer took nothing for 10 s, and ", told);
        await other.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, [0, 0, 0, 1, 5]));
        Assert.Equal("frame 05", await otherOwner.NextAsync().DefaultTimeout());
        otherLink.Abort(new ErrorInfo(LocalCastError.Disconnected, "done"));
        await otherLink.Completion.DefaultTimeout();
    }

    [Fact]
    public async Task Received_PeerDripsByteByByte_GetsWholeFramesOnly()
    {
        await _peer.SendByteByByteAsync(RawWebSocket.Frame(RawWebSocket.Binary, [0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3]));

        List<string> told = [];
        while (!told.Contains("frame 03"))
        {
            told.Add(await _owner.NextAsync().DefaultTimeout());
        }

        Assert.Equal(["frame 0102", "frame 03"], told.Where(what => what != "batch"));
    }

    [Fact]
    public async Task Send_ToAPeerThatSpeaksText_IsText()
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Text, "{}"u8));
        Assert.Equal("frame 7b7d", await _owner.NextAsync().DefaultTimeout());
        Assert.True(_link.IsJson);

        _link.Send("{\"type\":\"goodbye\"}"u8);
        _link.Close(new ErrorInfo(LocalCastError.Busy, "full"));

        (int opcode, bool isLast, byte[] payload) = await _peer.ReadFrameAsync();
        Assert.Equal((RawWebSocket.Text, true), (opcode, isLast));
        Assert.Equal("{\"type\":\"goodbye\"}"u8, payload);
        Assert.Equal(1000, (await _peer.ReadCloseAsync()).Status);
    }

    [Fact]
    public async Task Close_PeerStillSends_GetsTheLastWordsNonetheless()
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, [0, 0, 0, 1, 1]));
        Assert.Equal("frame 01", await _owner.NextAsync().DefaultTimeout());
        _link.Send([9]);
        _link.Close(new ErrorInfo(LocalCastError.Forbidden, "banned"));
        for (int i = 0; i < 50; i++)
        {
            await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, new byte[1000])); // unread: a reset would throw the goodbye away
        }

        Assert.Equal([0, 0, 0, 1, 9], (await _peer.ReadFrameAsync()).Payload);
        Assert.Equal(1000, (await _peer.ReadCloseAsync()).Status);
    }
}
