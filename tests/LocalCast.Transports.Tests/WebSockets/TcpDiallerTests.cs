using System.Net;
using System.Net.Sockets;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports.Tests;

public sealed class TcpDiallerTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _crowd = [];

    public TcpDiallerTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private Uri Uri => new($"ws://agent:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    public void Dispose()
    {
        _crowd.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressIsSilent_TheNextIsTriedInTime()
    {
        IPAddress silent = await FindSilentAsync();

        Task<Socket> connecting = new TcpDialler(_limit, _time).ConnectAsync(Uri, [silent, IPAddress.Loopback], CancellationToken.None);
        Assert.False(connecting.IsCompleted);
        _time.Advance(_limit / 2);

        using Socket socket = await connecting.DefaultTimeout();
        Assert.Equal(_listener.LocalEndPoint, socket.RemoteEndPoint);
    }

    [Fact]
    public async Task ConnectAsync_AllAddressesAreSilent_SaysSo()
    {
        IPAddress silent = await FindSilentAsync();

        Task<Socket> connecting = new TcpDialler(_limit, _time).ConnectAsync(Uri, [silent], CancellationToken.None);
        _time.Advance(_limit);

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => connecting.DefaultTimeout());
        Assert.Equal($"{Uri.Authority} did not answer", e.Message);
    }

    /// <summary>A listener that accepts nobody and has no room for more: from then on the system does not even answer.</summary>
    private async Task<IPAddress> FindSilentAsync()
    {
        var full = new IPEndPoint(IPAddress.Parse("127.0.0.2"), Uri.Port);
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _crowd.Add(listener);
        listener.Bind(full);
        listener.Listen(0);
        for (int i = 0; i < 100; i++)
        {
            var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _crowd.Add(one);
            Task connecting = one.ConnectAsync(full);
            if (await Task.WhenAny(connecting, Task.Delay(500)) != connecting)
            {
                _ = connecting.ContinueWith(_ => { }, TaskScheduler.Default);
                return full.Address;
            }
        }

        throw new InvalidOperationException("the system answers for a listener that is full");
    }
}
