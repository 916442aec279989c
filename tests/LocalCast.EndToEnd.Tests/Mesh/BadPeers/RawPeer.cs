using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LocalCast.Protocol;
using LocalCast.Testing;
using Channel = System.Threading.Channels.Channel;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A peer written by hand, which may say anything: a WebSocket, and no more honesty than the test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<Envelope> _received = Channel.CreateUnbounded<Envelope>();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _mayRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isReading = true;
    private Task _reader = Task.CompletedTask;

    private RawPeer(string id) => Id = id;

    public string Id { get; }

    public ulong Boot { get; } = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What it says of itself when it is asked, as JSON.</summary>
    public JsonObject? Document { get; set; }

    /// <summary>How the agent closed the WebSocket.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended => _reader;

    public static async Task<RawPeer> ConnectAsync(string url, string id)
    {
        var peer = new RawPeer(id);
        await peer._socket.ConnectAsync(new Uri($"{url}/ws/p2p?node_id={id}"), CancellationToken.None).DefaultTimeout();
        peer._reader = Task.Run(peer.ReadAsync);
        return peer;
    }

    /// <summary>Connects, and introduces itself as it should.</summary>
    public static async Task<RawPeer> LinkAsync(string url, string id)
    {
        RawPeer peer = await ConnectAsync(url, id);
        await peer.SendAsync(peer.Hello());
        await peer.ReceiveAsync(MessageType.HelloAck);
        return peer;
    }

    /// <summary>A proper hello, to be spoiled.</summary>
    public JsonObject Hello() => HelloOf(Id, Boot);

    /// <summary>The same, for somebody else.</summary>
    public static JsonObject HelloOf(string id, ulong boot) => new()
    {
        ["type"] = "hello",
        ["data"] = new JsonObject
        {
            ["protocol"] = new JsonArray(1, 1),
            ["network"] = "localcast",
            ["id"] = id,
            ["name"] = id,
            ["boot"] = boot.ToString(),
            ["services"] = new JsonArray(),
            ["software"] = "by hand",
            ["time"] = TimeProvider.System.GetUtcNow().ToString("o"),
            ["nonce"] = Random.Shared.NextInt64().ToString(),
        },
    };

    public Task SendAsync(JsonNode message) => SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool isEnd = true)
    {
        await _sending.WaitAsync().DefaultTimeout();
        try
        {
            await _socket.SendAsync(bytes, type, isEnd, CancellationToken.None).DefaultTimeout();
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Waits for the next message of a type; others are passed over.</summary>
    public async Task<Envelope> ReceiveAsync(MessageType type)
    {
        while (true)
        {
            Envelope message = await _received.Reader.ReadAsync().DefaultTimeout();
            if (message.Type == type)
            {
                return message;
            }
        }
    }

    /// <summary>Waits for the next message of a type that has no number.</summary>
    public async Task<Envelope> ReceiveAsync(string type)
    {
        while (true)
        {
            Envelope message = await ReceiveAsync(MessageType.Other);
            if (message.TypeName == type)
            {
                return message;
            }
        }
    }

    /// <summary>Waits until it is told to go, and why.</summary>
    public async Task<LocalCastError> WhyGoodbyeAsync() => (await ReceiveAsync(MessageType.Goodbye)).Error!.Code;

    /// <summary>Tells what it says of itself, as an agent does.</summary>
    public Task AnnounceAsync(JsonObject document) => SendAsync(new JsonObject
    {
        ["type"] = "state",
        ["data"] = new JsonObject { ["documents"] = new JsonArray(document.DeepClone()) },
    });

    /// <summary>Takes nothing more from the socket.</summary>
    public void StopReading() => _isReading = false;

    public async ValueTask DisposeAsync()
    {
        _mayRead.TrySetResult();
        _socket.Abort();
        await _reader.DefaultTimeout();
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[4 * 1024 * 1024];
        try
        {
            while (true)
            {
                int size = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (!_isReading)
                    {
                        await _mayRead.Task;
                    }

                    received = await _socket.ReceiveAsync(buffer.AsMemory(size), CancellationToken.None);
                    size += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                foreach (Envelope message in Decode(buffer.AsSpan(0, size), received.MessageType))
                {
                    await TakeAsync(message);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The agent, or the test, has ended it.
        }
        finally
        {
            _received.Writer.TryComplete();
        }
    }

    private static List<Envelope> Decode(ReadOnlySpan<byte> bytes, WebSocketMessageType type)
    {
        List<Envelope> messages = [];
        if (type == WebSocketMessageType.Text)
        {
            messages.Add(JsonCodec.Decode(bytes, new ProtocolLimits()));
            return messages;
        }

        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> body = bytes.Slice(4, BinaryPrimitives.ReadInt32BigEndian(bytes));
            messages.Add(body[0] == JsonCodec.FirstByte ? JsonCodec.Decode(body, new ProtocolLimits()) : BinaryCodec.Decode(body));
            bytes = bytes[(4 + body.Length)..];
        }

        return messages;
    }

    private async Task TakeAsync(Envelope message)
    {
        if (message.Type == MessageType.PingRequest)
        {
            await SendAsync(new JsonObject { ["type"] = "ping_response", ["data"] = JsonNode.Parse(message.Payload.Span) });
        }
        else if (message.Type == MessageType.StateRequest && Document is { } document && Encoding.UTF8.GetString(message.Payload.Span).Contains($"\"{Id}\"", StringComparison.Ordinal))
        {
            await AnnounceAsync(document);
        }

        await _received.Writer.WriteAsync(message);
    }
}
