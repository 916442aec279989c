using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Testing;

/// <summary>A participant that says and hears single frames: nothing is answered behind the test's back. Messages are written and read as JSON text.</summary>
public abstract class RawParticipant(IByteConnection connection) : IAsyncDisposable
{
    /// <summary>The kind of frame that it speaks, by its first byte.</summary>
    protected abstract byte FirstByte { get; }

    public IByteConnection Connection { get; } = connection;

    public string Name { get; private set; } = "";

    /// <summary>Says hello and expects to be let in.</summary>
    public async Task<Envelope> JoinAsync(string name, string more = "")
    {
        Name = name;
        await SendAsync(Hello(name, more));
        return await ExpectAsync(MessageType.HelloAck);
    }

    public static string Hello(string name, string more = "") =>
        """{"type":"hello","data":{"protocol":[1,1],"name":""" + JsonSerializer.Serialize(name) + (more.Length > 0 ? "," + more : "") + "}}";

    /// <summary>Sends a message, given as JSON, in the kind that this participant speaks.</summary>
    public Task SendAsync(string json) => SendFrameAsync(Encode(json));

    /// <summary>Sends many messages in one write.</summary>
    public Task SendAllAsync(IEnumerable<string> messages) => SendBytesAsync(messages.SelectMany(json => Frame(Encode(json))).ToArray());

    /// <summary>Sends a frame with any body.</summary>
    public Task SendFrameAsync(ReadOnlyMemory<byte> body) => SendBytesAsync(Frame(body.Span));

    /// <summary>Sends bytes as they are. That the agent closes meanwhile is no error here: what it says about it is still to be received.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Connection.WriteAsync(bytes).DefaultTimeout();
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected)
        {
            // As above.
        }
    }

    /// <summary>Receives the next frame.</summary>
    public async Task<Envelope> ReceiveAsync()
    {
        byte[] body = await TryReceiveFrameAsync() ?? throw new InvalidOperationException($"'{Name}' expected a frame, and the connection ended.");
        Assert.Equal(FirstByte, body[0]);
        return body[0] == JsonCodec.FirstByte ? JsonCodec.Decode(body, new ProtocolLimits()) : BinaryCodec.Decode(body);
    }

    /// <summary>Receives the next frame, which must be of a type.</summary>
    public async Task<Envelope> ExpectAsync(MessageType type)
    {
        Envelope received = await ReceiveAsync();
        Assert.True(received.Type == type, $"'{Name}' expected {type} and received {received.Text()}");
        return received;
    }

    /// <summary>Receives the next frame, which must carry an error.</summary>
    public async Task<Envelope> ExpectErrorAsync(MessageType type, LocalCastError error)
    {
        Envelope received = await ExpectAsync(type);
        Assert.True(received.Error?.Code == error, $"'{Name}' expected {error} and received {received.Text()}");
        Assert.NotEmpty(received.Error!.Message);
        return received;
    }

    /// <summary>Expects a goodbye with a reason, and then the end.</summary>
    public async Task<ErrorInfo> ExpectGoodbyeAsync(LocalCastError error)
    {
        Envelope goodbye = await ExpectErrorAsync(MessageType.Goodbye, error);
        await ExpectEndAsync();
        return goodbye.Error!;
    }

    /// <summary>Expects that the connection ends without another frame.</summary>
    public async Task ExpectEndAsync()
    {
        byte[]? frame = await TryReceiveFrameAsync();
        Assert.True(frame is null, $"'{Name}' expected the end and received {Encoding.UTF8.GetString(frame ?? [])}");
    }

    /// <summary>Expects that nothing was sent to it: it asks for a keep-alive answer, which comes after whatever was under way.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendAsync("""{"type":"ping_request","id":"quiet","data":{"nonce":"1"}}""");
        Assert.Equal("quiet", (await ExpectAsync(MessageType.PingResponse)).ReplyTo);
    }

    /// <summary>Receives the body of the next frame.</summary>
    /// <returns><see langword="null"/> when the connection has ended.</returns>
    public async Task<byte[]?> TryReceiveFrameAsync()
    {
        while (true)
        {
            ReadResult read = await ReadAsync().DefaultTimeout();
            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameStatus status = FrameReader.TryRead(ref buffer, int.MaxValue, out ReadOnlySequence<byte> body);
            Assert.True(status is FrameStatus.Complete or FrameStatus.Partial);
            byte[]? frame = status == FrameStatus.Complete ? body.ToArray() : null;
            Connection.Input.AdvanceTo(buffer.Start, frame is null ? buffer.End : buffer.Start);
            if (frame is not null || read.IsCompleted)
            {
                return frame;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Connection.DisposeAsync();
    }

    /// <summary>Puts the length in front of a body.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[FrameReader.PrefixSize + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame.AsSpan(FrameReader.PrefixSize));
        return frame;
    }

    protected abstract byte[] Encode(string json);

    private async Task<ReadResult> ReadAsync()
    {
        try
        {
            return Connection.ReadsBlock ? await Task.Run(() => Connection.Input.ReadAsync().AsTask()) : await Connection.Input.ReadAsync();
        }
        catch (Exception e) when (e is LocalCastException or IOException)
        {
            return new ReadResult(default, isCanceled: false, isCompleted: true);
        }
    }
}

/// <summary>A participant that speaks JSON.</summary>
public sealed class JsonParticipant(IByteConnection connection) : RawParticipant(connection)
{
    protected override byte FirstByte => JsonCodec.FirstByte;

    protected override byte[] Encode(string json) => Encoding.UTF8.GetBytes(json);
}

/// <summary>A participant that speaks the binary packet.</summary>
public sealed class BinaryParticipant(IByteConnection connection) : RawParticipant(connection)
{
    protected override byte FirstByte => PacketHeader.Version;

    protected override byte[] Encode(string json)
    {
        var body = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(JsonCodec.Decode(Encoding.UTF8.GetBytes(json), new ProtocolLimits()), body);
        return body.WrittenSpan.ToArray();
    }
}
