using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

/// <summary>What every transport guarantees. A transport passes by subclassing this and saying how to listen and to connect.</summary>
public abstract class TransportConformance : IAsyncLifetime
{
    private readonly List<IByteConnection> _open = [];

    protected IByteListener Listener { get; private set; } = null!;

    protected IByteConnector Connector { get; private set; } = null!;

    public async Task InitializeAsync() => (Listener, Connector) = await CreateAsync();

    public async Task DisposeAsync()
    {
        foreach (IByteConnection connection in _open)
        {
            connection.Abort();
            await connection.DisposeAsync().DefaultTimeout();
        }

        await Listener.DisposeAsync().DefaultTimeout();
        await DisposeTransportAsync();
    }

    /// <summary>Gives back what lies below the listener.</summary>
    protected virtual Task DisposeTransportAsync() => Task.CompletedTask;

    /// <summary>Creates a listener and what connects to it.</summary>
    protected abstract Task<(IByteListener Listener, IByteConnector Connector)> CreateAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_SmallPieces_ArriveWholeAndInOrder(bool fromClient)
    {
        (IByteConnection sender, IByteConnection receiver) = await ConnectAsync(fromClient);
        byte[] sent = Bytes(1000);

        for (int i = 0; i < sent.Length; i += 10)
        {
            await sender.WriteAsync(sent.AsMemory(i, 10)).DefaultTimeout();
        }

        Assert.Equal(sent, await receiver.ReadAtLeastAsync(sent.Length));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_LargeTransfer_ArrivesWholeAndInOrder(bool fromClient)
    {
        (IByteConnection sender, IByteConnection receiver) = await ConnectAsync(fromClient);
        byte[] sent = Bytes(20_000_000);

        Task writing = sender.WriteAsync(sent).AsTask();
        byte[] received = await receiver.ReadAtLeastAsync(sent.Length);

        await writing.DefaultTimeout();
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task WriteAsync_BothWaysAtOnce_NeitherWaitsForTheOther()
    {
        (IByteConnection client, IByteConnection server) = await ConnectAsync(fromClient: true);
        byte[] up = Bytes(3_000_000), down = [.. Bytes(3_000_000).Reverse()];

        Task writing = Task.WhenAll(client.WriteAsync(up).AsTask(), server.WriteAsync(down).AsTask());
        byte[][] received = await Task.WhenAll(server.ReadAtLeastAsync(up.Length), client.ReadAtLeastAsync(down.Length));

        await writing.DefaultTimeout();
        Assert.True(received[0].AsSpan().SequenceEqual(up));
        Assert.True(received[1].AsSpan().SequenceEqual(down));
    }

    [Fact]
    public async Task ConnectAsync_ManyAtOnce_EachHasItsOwnBytes()
    {
        const int Many = 100;
        Task<IByteConnection[]> accepting = AcceptAsync(Many);
        IByteConnection[] clients = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Run(async () => await Connector.ConnectAsync(default)))).DefaultTimeout();
        _open.AddRange(clients);
        IByteConnection[] servers = await accepting.DefaultTimeout();

        for (byte i = 0; i < Many; i++)
        {
            await clients[i].WriteAsync(new[] { i }).DefaultTimeout();
        }

        byte[] numbers = [.. (await Task.WhenAll(servers.Select(server => server.ReadAtLeastAsync(1)))).Select(bytes => Assert.Single(bytes))];
        Assert.Equal(Enumerable.Range(0, Many).Select(i => (byte)i), numbers.Order());
        await Task.WhenAll(servers.Select(async (server, i) => await server.WriteAsync(new[] { numbers[i] }))).DefaultTimeout();
        for (byte i = 0; i < Many; i++)
        {
            Assert.Equal([i], await clients[i].ReadAtLeastAsync(1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_OfThePeer_CompletesInputBehindTheLastByte(bool byClient)
    {
        (IByteConnection leaving, IByteConnection staying) = await ConnectAsync(byClient);
        await leaving.WriteAsync(Bytes(5)).DefaultTimeout();

        await leaving.DisposeAsync().DefaultTimeout();

        Assert.Equal(5, await staying.ReadToEndAsync().DefaultTimeout());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_AfterThePeerHasGone_ThrowsDisconnected(bool byClient)
    {
        (IByteConnection leaving, IByteConnection staying) = await ConnectAsync(byClient);
        await leaving.DisposeAsync().DefaultTimeout();
        await staying.ReadToEndAsync().DefaultTimeout();

        await AssertBreaksAsync(staying);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_WhileBothRead_EndsBoth(bool byClient)
    {
        (IByteConnection aborting, IByteConnection other) = await ConnectAsync(byClient);
        Task reading = Task.WhenAll(aborting.ReadToEndAsync(), other.ReadToEndAsync());

        aborting.Abort();
        aborting.Abort();

        await reading.DefaultTimeout();
        await AssertBreaksAsync(aborting);
        await AssertBreaksAsync(other);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_WhileWriting_EndsTheWrite(bool byClient)
    {
        (IByteConnection writing, IByteConnection _) = await ConnectAsync(byClient);
        Task write = FillAsync(writing);

        writing.Abort();

        Assert.Equal(LocalCastError.Disconnected, (await Assert.ThrowsAsync<LocalCastException>(() => write).DefaultTimeout()).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_OfThePeerWhileWriting_EndsTheWrite(bool byClient)
    {
        (IByteConnection writing, IByteConnection peer) = await ConnectAsync(byClient);
        Task write = FillAsync(writing);

        peer.Abort();
        await peer.DisposeAsync().DefaultTimeout();

        Assert.Equal(LocalCastError.Disconnected, (await Assert.ThrowsAsync<LocalCastException>(() => write).DefaultTimeout()).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_PeerDoesNotRead_PendsAndResumes(bool fromClient)
    {
        (IByteConnection sender, IByteConnection receiver) = await ConnectAsync(fromClient);
        byte[] piece = Bytes(64 * 1024);
        int written = 0;
        Task write;
        do
        {
            write = sender.WriteAsync(piece).AsTask();
            written++;
            Assert.True(written < 1000, "nothing held the writer up");
        }
        while (write.IsCompletedSuccessfully);

        await receiver.ReadAtLeastAsync(written * piece.Length);

        await write.DefaultTimeout();
    }

    [Fact]
    public async Task AcceptAsync_ClientsThatConnectAndLeave_GoesOn()
    {
        for (int i = 0; i < 20; i++)
        {
            IByteConnection visitor = await Connector.ConnectAsync(default).DefaultTimeout();
            visitor.Abort();
            await visitor.DisposeAsync().DefaultTimeout();
        }

        IByteConnection client = await ClientAsync();
        await client.WriteAsync(new byte[] { 42 }).DefaultTimeout();

        for (int i = 0; i < 21; i++)
        {
            IByteConnection accepted = (await AcceptAsync(1))[0];
            if (await accepted.ReadAtLeastAsync(1) is [42])
            {
                return;
            }
        }

        Assert.Fail("the client that stayed was not accepted");
    }

    [Fact]
    public async Task DisposeAsync_OfTheListener_EndsAcceptingAndLeavesTheAcceptedAlone()
    {
        (IByteConnection client, IByteConnection server) = await ConnectAsync(fromClient: true);
        Task<IByteConnection?> accepting = Listener.AcceptAsync(default).AsTask();

        await Listener.DisposeAsync().DefaultTimeout();

        Assert.Null(await accepting.DefaultTimeout());
        await client.WriteAsync(Bytes(3)).DefaultTimeout();
        Assert.Equal(Bytes(3), await server.ReadAtLeastAsync(3));
        await server.WriteAsync(Bytes(4)).DefaultTimeout();
        Assert.Equal(Bytes(4), await client.ReadAtLeastAsync(4));
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_ThrowsDisconnected()
    {
        await Listener.DisposeAsync().DefaultTimeout();

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => Connector.ConnectAsync(default).DefaultTimeout());

        Assert.Equal(LocalCastError.Disconnected, e.Code);
    }

    [Fact]
    public async Task AcceptAsync_Cancelled_ThrowsAndAcceptsLater()
    {
        using var cancellation = new CancellationTokenSource();
        Task<IByteConnection?> accepting = Listener.AcceptAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.DefaultTimeout());

        await ConnectAsync(fromClient: true);
    }

    protected async Task<IByteConnection> ClientAsync()
    {
        IByteConnection client = await Connector.ConnectAsync(default).DefaultTimeout();
        _open.Add(client);
        return client;
    }

    protected async Task<(IByteConnection Sender, IByteConnection Receiver)> ConnectAsync(bool fromClient)
    {
        IByteConnection client = await ClientAsync();
        IByteConnection server = (await AcceptAsync(1))[0];
        return fromClient ? (client, server) : (server, client);
    }

    protected static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private async Task<IByteConnection[]> AcceptAsync(int count)
    {
        var accepted = new IByteConnection[count];
        for (int i = 0; i < count; i++)
        {
            accepted[i] = (await Listener.AcceptAsync(default).DefaultTimeout())!;
            _open.Add(accepted[i]);
        }

        return accepted;
    }

    /// <summary>Writes until the peer, which does not read, holds it up.</summary>
    private static Task FillAsync(IByteConnection connection)
    {
        while (true)
        {
            Task write = connection.WriteAsync(new byte[64 * 1024]).AsTask();
            if (!write.IsCompleted)
            {
                return write;
            }
        }
    }

    /// <summary>A socket may take a write before it learns that the peer has gone; not many.</summary>
    private static async Task AssertBreaksAsync(IByteConnection connection)
    {
        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await connection.WriteAsync(new byte[64 * 1024]).DefaultTimeout();
            }
        });
        Assert.Equal(LocalCastError.Disconnected, e.Code);
    }
}
