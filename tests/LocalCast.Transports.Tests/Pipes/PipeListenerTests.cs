using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.Versioning;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;
using PipeFlags = System.IO.Pipes.PipeOptions;

namespace LocalCast.Transports.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class PipeListenerTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _name = PipeName.New();

    private string SocketPath => PipeAddress.ToUnixPath(_name);

    [Fact]
    public async Task ListenAsync_Socket_IsOwnerOnlyBeforeAnyoneCanConnect()
    {
        // Whoever watches sees the file appear; every mode it is seen with while it takes connections must be owner-only.
        using var stop = new CancellationTokenSource();
        Task<UnixFileMode> watching = Task.Factory.StartNew(() => WatchModes(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // a thread of its own: it spins

        await using PipeListener listener = await ListenAsync();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(SocketPath));
        await stop.CancelAsync();
        Assert.Equal(OwnerOnly, OwnerOnly | await watching.DefaultTimeout());
    }

    [Fact]
    public async Task ListenAsync_NameOfALiveAgent_IsRefusedAndHarmsNobody()
    {
        await using PipeListener first = await ListenAsync();

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => ListenAsync().DefaultTimeout());

        Assert.Equal(LocalCastError.DuplicateName, e.Code);
        await AssertAcceptsAsync(first);
    }

    [Fact]
    public async Task ListenAsync_NameHeldBySomeOtherProgram_IsRefused()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => ListenAsync().DefaultTimeout());

        Assert.Equal(LocalCastError.DuplicateName, e.Code);
    }

    [Fact]
    public async Task ListenAsync_SocketOfAKilledProcess_IsTakenOver()
    {
        PythonProcess.Kill(await PythonProcess.StartAsync($"""
            s = socket.socket(socket.AF_UNIX)
            s.bind('{SocketPath}')
            s.listen()
            print('up', flush=True)
            time.sleep(60)
            """));
        Assert.True(File.Exists(SocketPath));

        await using PipeListener listener = await ListenAsync();

        await AssertAcceptsAsync(listener);
    }

    [Fact]
    public async Task ListenAsync_PlainFile_IsRefusedAndNotDeleted()
    {
        await File.WriteAllTextAsync(SocketPath, "precious");

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => ListenAsync().DefaultTimeout());

        Assert.Equal(LocalCastError.BadRequest, e.Code);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath));
        File.Delete(SocketPath);
    }

    [Fact]
    public async Task ListenAsync_EmptyPlainFile_IsRefusedAndNotDeleted()
    {
        await File.WriteAllTextAsync(SocketPath, "");

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => ListenAsync().DefaultTimeout());

        Assert.Equal(LocalCastError.BadRequest, e.Code);
        Assert.True(File.Exists(SocketPath));
        File.Delete(SocketPath);
    }

    [Fact]
    public async Task ListenAsync_Fifo_IsRefusedAtOnceAndNotDeleted()
    {
        Assert.Equal("made", await PythonProcess.RunAsync($"os.mkfifo('{SocketPath}'); print('made')"));

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => Task.Run(ListenAsync).DefaultTimeout());

        Assert.Equal(LocalCastError.BadRequest, e.Code);
        Assert.True(File.Exists(SocketPath));
        File.Delete(SocketPath);
    }

    [Fact]
    public async Task ListenAsync_Folder_IsRefused()
    {
        Directory.CreateDirectory(SocketPath);

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => ListenAsync().DefaultTimeout());

        Assert.Equal(LocalCastError.BadRequest, e.Code);
        Directory.Delete(SocketPath);
    }

    [Theory]
    [InlineData("too-long")]
    [InlineData("no-such-folder")]
    [InlineData("slash")]
    public async Task ListenAsync_PathThatCannotBe_IsRefusedByName(string how)
    {
        string name = how switch
        {
            "too-long" => new string('x', 104),
            "slash" => "a/b",
            _ => $"/tmp/{PipeName.New()}/pipe",
        };

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => PipeListener.ListenAsync(name, NullLoggerFactory.Instance, default).DefaultTimeout());

        Assert.Equal(LocalCastError.BadRequest, e.Code);
    }

    [Fact]
    public async Task ListenAsync_RootedPath_IsThatPath()
    {
        string path = Path.Combine(Path.GetTempPath(), _name + ".sock");
        await using PipeListener listener = await PipeListener.ListenAsync(path, NullLoggerFactory.Instance, default).DefaultTimeout();

        Assert.Equal(path, listener.Address);
        await using IByteConnection client = await new PipeConnector(path, TimeProvider.System).ConnectAsync(default).DefaultTimeout();
    }

    [Fact]
    public async Task DisposeAsync_Listener_TakesItsSocketAwayAndFreesTheName()
    {
        await (await ListenAsync()).DisposeAsync().DefaultTimeout();
        Assert.False(File.Exists(SocketPath));

        await using PipeListener next = await ListenAsync();

        await AssertAcceptsAsync(next);
    }

    [Fact]
    public async Task AcceptAsync_DotNetsOwnPipeClient_IsServed()
    {
        await using PipeListener listener = await ListenAsync();
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeFlags.Asynchronous | PipeFlags.CurrentUserOnly);
        await client.ConnectAsync(5000).DefaultTimeout();
        await using IByteConnection server = (await listener.AcceptAsync(default).DefaultTimeout())!;

        await client.WriteAsync(new byte[] { 1, 2, 3 }).DefaultTimeout();
        Assert.Equal([1, 2, 3], await server.ReadAtLeastAsync(3));

        await server.WriteAsync(new byte[] { 4, 5 }).DefaultTimeout();
        byte[] answer = new byte[2];
        await client.ReadExactlyAsync(answer).DefaultTimeout();
        Assert.Equal([4, 5], answer);
    }

    [Fact]
    public async Task Peer_OfBothEnds_IsThisProcessAndUser()
    {
        await using PipeListener listener = await ListenAsync();
        await using IByteConnection client = await new PipeConnector(_name, TimeProvider.System).ConnectAsync(default).DefaultTimeout();
        await using IByteConnection server = (await listener.AcceptAsync(default).DefaultTimeout())!;

        Assert.Equal(Environment.ProcessId, client.Peer!.ProcessId);
        Assert.Equal(client.Peer, server.Peer);
        Assert.Equal(uint.Parse(await PythonProcess.RunAsync("print(os.geteuid())")), client.Peer.UserId);
    }

    private Task<PipeListener> ListenAsync() => PipeListener.ListenAsync(_name, NullLoggerFactory.Instance, default).DefaultTimeout();

    private async Task AssertAcceptsAsync(PipeListener listener)
    {
        await using IByteConnection client = await new PipeConnector(_name, TimeProvider.System).ConnectAsync(default).DefaultTimeout();
        IByteConnection? server = await listener.AcceptAsync(default).DefaultTimeout();
        Assert.NotNull(server);
        await client.WriteAsync(new byte[] { 7 }).DefaultTimeout();
        while (await server.ReadAtLeastAsync(1) is not [7])
        {
            await server.DisposeAsync(); // it was a second agent's look at whether the name is taken
            server = (await listener.AcceptAsync(default).DefaultTimeout())!;
        }

        await server.DisposeAsync();
    }

    private UnixFileMode WatchModes(CancellationToken stop)
    {
        UnixFileMode seen = 0;
        while (!stop.IsCancellationRequested)
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                probe.Connect(new UnixDomainSocketEndPoint(SocketPath));
                seen |= File.GetUnixFileMode(SocketPath);
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }
        }

        return seen;
    }
}
