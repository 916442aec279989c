using System.Text;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>Every malformed input of docs/vectors ends the session of its sender, with a reason, and nobody else notices.</summary>
public sealed class MalformedTests : HubTest
{
    private static readonly JsonElement[] _vectors = Read();

    public static TheoryData<string> Names => [.. _vectors.Select(vector => vector.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Frame_Malformed_EndsItsSenderOnly(string name)
    {
        JsonElement vector = _vectors.Single(v => v.GetProperty("name").GetString() == name);
        byte[] bytes = Bytes(vector);
        if (bytes.Length == 0)
        {
            return; // as a frame, nothing is nothing: it is skipped
        }

        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant sender = await JoinAsync("sender");
        bool isFrame = vector.GetProperty("kind").GetString() == "frame";
        RawParticipant stranger = await ConnectAsync(isJson: isFrame || bytes[0] != PacketHeader.Version);
        byte[] sent = isFrame ? bytes : RawParticipant.Frame(bytes);

        await sender.SendBytesAsync(sent);
        await stranger.SendBytesAsync(sent);

        string error = vector.GetProperty("error").GetString()!;
        if (error == nameof(LocalCastError.Disconnected))
        {
            await LeaveAsync(sender); // a frame that stays truncated: its sender has gone
            await LeaveAsync(stranger);
        }
        else
        {
            await sender.ExpectGoodbyeAsync(Enum.Parse<LocalCastError>(error));
            await stranger.ExpectGoodbyeAsync(Enum.Parse<LocalCastError>(error));
            Assert.Equal(2, Agent.Broadcaster.Counters.MalformedFrames);
        }

        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 2);
        await bystandersCall();
    }

    [Fact]
    public async Task Frames_BehindAMalformedOne_AreNotRead()
    {
        RawParticipant sender = await JoinAsync("sender");
        RawParticipant other = await JoinAsync("other");

        await sender.SendAllAsync(["""{"type":"note","to":"other","data":1}""", "{}", """{"type":"note","to":"other","data":2}"""]);

        await sender.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        Assert.Equal("1", (await other.ExpectAsync(MessageType.Other)).PayloadText());
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task Frames_Empty_AreSkipped()
    {
        RawParticipant sender = await ConnectAsync();
        await sender.SendBytesAsync(new byte[12]);
        await sender.JoinAsync("sender");
        await sender.SendBytesAsync(new byte[4]);

        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task Frame_InSingleBytes_IsUnderstood()
    {
        RawParticipant sender = await ConnectAsync();
        foreach (byte one in RawParticipant.Frame(Encoding.UTF8.GetBytes(RawParticipant.Hello("slow-typist"))))
        {
            await sender.SendBytesAsync(new[] { one });
        }

        await sender.ExpectAsync(MessageType.HelloAck);
    }

    private static byte[] Bytes(JsonElement vector)
    {
        if (vector.TryGetProperty("hex", out JsonElement hex))
        {
            return Convert.FromHexString(hex.GetString()!);
        }

        JsonElement text = vector.GetProperty("text");
        return Encoding.UTF8.GetBytes(text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : Part("before") + string.Concat(Enumerable.Repeat(Part("repeat"), text.GetProperty("count").GetInt32())) + Part("after"));

        string Part(string part) => text.TryGetProperty(part, out JsonElement value) ? value.GetString()! : "";
    }

    private static JsonElement[] Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "malformed.json")));
        return [.. document.RootElement.EnumerateArray().Select(vector => vector.Clone())];
    }
}
