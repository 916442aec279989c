using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LocalCast.Testing;

/// <summary>A client that writes WebSocket frames by hand, also those that no library would.</summary>
public sealed class RawWebSocket : IAsyncDisposable
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] _mask = [1, 2, 3, 4];

    private readonly TcpClient _client = new() { NoDelay = true };

    private NetworkStream Stream => _client.GetStream();

    /// <summary>Connects where agents link to each other, as <c>raw</c>.</summary>
    public static async Task<RawWebSocket> ConnectAsync(IPEndPoint server)
    {
        var socket = new RawWebSocket();
        await socket._client.ConnectAsync(server).DefaultTimeout();
        await socket.SendAsync(Request("/ws/p2p?node_id=raw", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"));
        Assert.StartsWith("HTTP/1.1 101 ", await socket.ReadHeadersAsync());
        return socket;
    }

    /// <summary>A request to upgrade, or something like it.</summary>
    public static byte[] Request(string path, string headers) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: agent\r\n{headers}\r\n");

    /// <summary>A frame.</summary>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isLast = true, bool isMasked = true)
    {
        Assert.InRange(payload.Length, 0, ushort.MaxValue);
        List<byte> frame = [(byte)((isLast ? 0x80 : 0) | opcode)];
        int maskBit = isMasked ? 0x80 : 0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(maskBit | payload.Length));
        }
        else
        {
            frame.AddRange([(byte)(maskBit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }

        if (isMasked)
        {
            frame.AddRange(_mask);
        }

        for (int i = 0; i < payload.Length; i++)
        {
            frame.Add(isMasked ? (byte)(payload[i] ^ _mask[i % 4]) : payload[i]);
        }

        return [.. frame];
    }

    /// <summary>Sends bytes as they are.</summary>
    public Task SendAsync(byte[] bytes) => Stream.WriteAsync(bytes).DefaultTimeout();

    /// <summary>Sends each byte alone.</summary>
    public async Task SendByteByByteAsync(byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            await Stream.WriteAsync(bytes.AsMemory(i, 1)).DefaultTimeout();
        }
    }

    /// <summary>Reads one frame of the server's.</summary>
    public async Task<(int Opcode, bool IsLast, byte[] Payload)> ReadFrameAsync()
    {
        byte[] start = await ReadAsync(2);
        int size = start[1] switch
        {
            < 126 => start[1],
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            _ => throw new InvalidDataException("the server masked its frame, or it is a large one"),
        };
        return (start[0] & 0x0f, (start[0] & 0x80) != 0, await ReadAsync(size));
    }

    /// <summary>Reads the server's close, whatever comes before it.</summary>
    public async Task<(int Status, string Reason)> ReadCloseAsync()
    {
        while (true)
        {
            (int opcode, _, byte[] payload) = await ReadFrameAsync();
            if (opcode == Close)
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(2)));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes).DefaultTimeout();
        return bytes;
    }

    private async Task<string> ReadHeadersAsync()
    {
        var headers = new StringBuilder();
        while (!headers.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            headers.Append((char)(await ReadAsync(1))[0]);
        }

        return headers.ToString();
    }
}
