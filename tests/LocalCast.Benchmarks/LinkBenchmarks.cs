using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Benchmarks;

/// <summary>One frame there and back over a WebSocket link on the loopback, beside the same over bare TCP. To be run with what the agent sets for itself, see docs/benchmarks.md.</summary>
[MemoryDiagnoser]
public class LinkBenchmarks
{
    private const int Frames = 1000;

    private readonly byte[] _frame = [1, .. new byte[199]];
    private readonly byte[] _buffer = new byte[1024];
    private readonly RepeatingOwner _client = new();
    private WebServer _server = null!;
    private FrameLink _link = null!;
    private Socket _socket = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var listener = new WebSocketListener(WebSocketAddress.LinkPath, new(), TimeProvider.System);
        _server = await WebServer.StartAsync(["127.0.0.1:0"], [listener.Endpoint], new(), NullLoggerFactory.Instance, default);
        _link = new FrameLink(await new WebSocketConnector($"ws://{_server.Addresses[0]}", "bench", new(), TimeProvider.System).ConnectAsync(default), new(), TimeProvider.System);
        _link.Start(_client);
        new FrameLink((await listener.AcceptAsync(default))!, new(), TimeProvider.System).Start(new EchoingOwner());
        await ConnectTcpAsync();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _socket.Dispose();
        await _server.DisposeAsync();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public async Task TcpAsync()
    {
        for (int i = 0; i < Frames; i++)
        {
            await _socket.SendAsync(_frame.AsMemory());
            int received = 0;
            while (received < _frame.Length)
            {
                received += await _socket.ReceiveAsync(_buffer.AsMemory());
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public Task WebSocketLinkAsync() => _client.SendAsync(_link, _frame, Frames, together: 1);

    [Benchmark(OperationsPerInvoke = Frames)]
    public Task WebSocketLink256InFlightAsync() => _client.SendAsync(_link, _frame, Frames, together: 256);

    private async Task ConnectTcpAsync()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        _ = EchoAsync(await listener.AcceptSocketAsync());
        listener.Stop();
    }

    private static async Task EchoAsync(Socket socket)
    {
        socket.NoDelay = true;
        byte[] buffer = new byte[1024];
        int received;
        while ((received = await socket.ReceiveAsync(buffer.AsMemory())) > 0)
        {
            await socket.SendAsync(buffer.AsMemory(0, received));
        }
    }
}
