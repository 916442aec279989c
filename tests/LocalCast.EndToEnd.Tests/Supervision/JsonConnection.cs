using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A client of a few lines in any language: JSON frames on the pipe, and nothing else.</summary>
internal sealed class JsonConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public static async Task<JsonConnection> JoinAsync(string pipe, string name, string role = "client")
    {
        var connection = new JsonConnection();
        await connection._socket.ConnectAsync(new UnixDomainSocketEndPoint(pipe)).DefaultTimeout();
        await connection.SendAsync(new { type = "hello", data = new { protocol = new[] { 1, 1 }, name, role } });
        await connection.ReceiveAsync("hello_ack");
        return connection;
    }

    public async Task SendAsync(object message)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message);
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        await _socket.SendAsync(frame).DefaultTimeout();
    }

    /// <summary>Waits for the next message of a type; others are passed over.</summary>
    public async Task<JsonElement> ReceiveAsync(string type)
    {
        while (true)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(await ReadAsync(4));
            JsonElement message = JsonSerializer.Deserialize<JsonElement>(await ReadAsync(length));
            if (message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int more = await _socket.ReceiveAsync(bytes.AsMemory(read)).DefaultTimeout();
            Assert.NotEqual(0, more);
            read += more;
        }

        return bytes;
    }
}
