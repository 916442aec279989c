using System.Text;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

/// <summary>What a connection makes of WebSocket frames as no library of ours would send them.</summary>
public sealed class WebSocketFramesTests : IAsyncLifetime
{
    private static readonly byte[] _twoFrames = [0, 0, 0, 2, 1, 8, 0, 0, 0, 3, 1, 9, 9];

    private TestWebServer _server = null!;
    private RawWebSocket _peer = null!;
    private WebSocketConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _server = await TestWebServer.StartAsync(new WebSocketTransportOptions { MaxMessageBytes = 1000 });
        _peer = await RawWebSocket.ConnectAsync(_server.EndPoint);
        _connection = await _server.AcceptAsync();
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _connection.DisposeAsync().DefaultTimeout();
        await _server.StopAsync();
    }

    [Fact]
    public void AcceptAsync_NodeIdInTheAddress_IsKnown()
    {
        Assert.Equal("raw", _connection.NodeId);
        Assert.StartsWith("127.0.0.1:", _connection.RemoteAddress);
    }

    [Fact]
    public async Task Input_BinaryMessageFragmentedAtEveryByte_HoldsItsBytes()
    {
        for (int split = 0; split <= _twoFrames.Length; split++)
        {
            await _peer.SendAsync([
                .. RawWebSocket.Frame(RawWebSocket.Binary, _twoFrames.AsSpan(0, split), isLast: false),
                .. RawWebSocket.Frame(RawWebSocket.Continuation, _twoFrames.AsSpan(split))]);
            Assert.Equal(_twoFrames, await _connection.ReadAtLeastAsync(_twoFrames.Length));
        }
    }

    [Fact]
    public async Task Input_EveryByteAFragmentAndSentAlone_HoldsItsBytes()
    {
        for (int i = 0; i < _twoFrames.Length; i++)
        {
            await _peer.SendByteByByteAsync(RawWebSocket.Frame(i == 0 ? RawWebSocket.Binary : RawWebSocket.Continuation, _twoFrames.AsSpan(i, 1), isLast: i == _twoFrames.Length - 1));
        }

        Assert.Equal(_twoFrames, await _connection.ReadAtLeastAsync(_twoFrames.Length));
    }

    [Fact]
    public async Task Input_ControlFramesBetweenFragments_AreAnsweredAndDisturbNothing()
    {
        await _peer.SendAsync([
            .. RawWebSocket.Frame(RawWebSocket.Binary, _twoFrames.AsSpan(0, 3), isLast: false),
            .. RawWebSocket.Frame(RawWebSocket.Ping, "there?"u8),
            .. RawWebSocket.Frame(RawWebSocket.Pong, "unasked"u8),
            .. RawWebSocket.Frame(RawWebSocket.Continuation, _twoFrames.AsSpan(3))]);

        Assert.Equal(_twoFrames, await _connection.ReadAtLeastAsync(_twoFrames.Length));
        (int opcode, _, byte[] payload) = await _peer.ReadFrameAsync();
        Assert.Equal((RawWebSocket.Pong, "there?"), (opcode, Encoding.UTF8.GetString(payload)));
    }

    [Fact]
    public async Task Input_TextFragmentedInsideACharacter_IsOneFrame()
    {
        byte[] text = "{\"type\":\"hellö\"}"u8.ToArray();
        byte[] frame = [0, 0, 0, (byte)text.Length, .. text];
        for (int split = 0; split <= text.Length; split++)
        {
            await _peer.SendAsync([
                .. RawWebSocket.Frame(RawWebSocket.Text, text.AsSpan(0, split), isLast: false),
                .. RawWebSocket.Frame(RawWebSocket.Continuation, text.AsSpan(split))]);
            Assert.Equal(frame, await _connection.ReadAtLeastAsync(frame.Length));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task WriteAsync_ToAPeerThatBeganWithText_SendsEachFrameAsText(int piece)
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Text, "{}"u8));
        await _connection.ReadAtLeastAsync(6);
        byte[] frames = [0, 0, 0, 7, .. "{\"a\":1}"u8, 0, 0, 0, 0, 0, 0, 0, 2, .. "{}"u8];

        foreach (byte[] bytes in frames.Chunk(piece))
        {
            await _connection.WriteAsync(bytes).DefaultTimeout();
        }

        Assert.Equal("{\"a\":1}", await ReadTextAsync());
        Assert.Equal("{}", await ReadTextAsync());
    }

    [Fact]
    public async Task Input_TextThatIsNotUtf8_EndsWith1007()
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Text, [0x7b, 0xff, 0x7d]));

        Assert.Equal(1007, (await _peer.ReadCloseAsync()).Status);
        Assert.Equal(0, await _connection.ReadToEndAsync().DefaultTimeout());
        Assert.Equal(LocalCastError.BadRequest, _connection.EndReason?.Code);
    }

    [Fact]
    public async Task Input_UnmaskedFrame_EndsWith1002()
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, _twoFrames, isMasked: false));

        Assert.Equal(1002, (await _peer.ReadCloseAsync()).Status);
        Assert.Equal(0, await _connection.ReadToEndAsync().DefaultTimeout());
        Assert.Equal(LocalCastError.BadRequest, _connection.EndReason?.Code);
    }

    [Theory]
    [InlineData(RawWebSocket.Text, 1001)]
    [InlineData(RawWebSocket.Binary, 1005)]
    public async Task Input_MessageAboveTheLimit_EndsWith1009AndTheReason(int opcode, int size)
    {
        byte[] half = Enumerable.Repeat((byte)'x', size / 2).ToArray();
        await _peer.SendAsync([.. RawWebSocket.Frame(opcode, half, isLast: false), .. RawWebSocket.Frame(RawWebSocket.Continuation, [.. half, (byte)'x'])]);

        Assert.Equal((1009, "a message has at most 1000 bytes"), await _peer.ReadCloseAsync());
        await _connection.ReadToEndAsync().DefaultTimeout();
        Assert.Equal(LocalCastError.TooLarge, _connection.EndReason?.Code);
    }

    [Fact]
    public async Task Input_LargestMessage_IsTaken()
    {
        byte[] binary = new byte[1004];
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, binary));
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Text, new byte[1000]));

        Assert.Equal(2008, (await _connection.ReadAtLeastAsync(2008)).Length);
    }

    [Fact]
    public async Task Input_PeerClosesWithAReason_SaysIt()
    {
        await _peer.SendAsync(RawWebSocket.Frame(RawWebSocket.Close, [0x03, 0xf3, .. "out of order"u8]));

        await _connection.ReadToEndAsync().DefaultTimeout();

        Assert.Equal("the peer closed the WebSocket with 1011: out of order", _connection.EndReason?.Message);
    }

    [Fact]
    public async Task Input_OnePeerBreaksTheRules_OthersAreUndisturbed()
    {
        await using RawWebSocket other = await RawWebSocket.ConnectAsync(_server.EndPoint);
        await using WebSocketConnection theirs = await _server.AcceptAsync();
        await _peer.SendAsync(RawWebSocket.Frame(opcode: 3, [])); // reserved
        Assert.Equal(1002, (await _peer.ReadCloseAsync()).Status);

        await other.SendAsync(RawWebSocket.Frame(RawWebSocket.Binary, _twoFrames));

        Assert.Equal(_twoFrames, await theirs.ReadAtLeastAsync(_twoFrames.Length));
    }

    private async Task<string> ReadTextAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            (int opcode, bool isLast, byte[] payload) = await _peer.ReadFrameAsync();
            Assert.Equal(text.Length == 0 ? RawWebSocket.Text : RawWebSocket.Continuation, opcode);
            text.Append(Encoding.UTF8.GetString(payload));
            if (isLast)
            {
                return text.ToString();
            }
        }
    }
}
