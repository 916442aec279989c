using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Relay;

/// <summary>Whatever comes in Relay's words is read or refused, and whatever goes out in them is JSON.</summary>
public sealed class RelayTranslationTests
{
    private static readonly string[] _names =
        ["call", "response_id", "server_name", "method", "args", "timeout", "original_message", "type", "id", "from", "to", "ttl", "route", "data", "success", "result", "error", "x"];

    private static readonly string[] _texts = ["", "node1", "me", "a@b", "server_call", "server_response", "route_message", "registry_sync", "server x not found", "r\nx@y", "\0", "ü😀", new('y', 300)];

    private static readonly string[] _types = ["server_call", "server_response", "route_message", "registry_sync"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_AnyJson_NeverThrows(int seed)
    {
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            JsonNode? data = Anything(random, depth: 5, isObject: true);
            var message = new Envelope
            {
                Type = MessageType.Other,
                TypeName = _types[random.Next(_types.Length)],
                Id = "1",
                From = _texts[random.Next(_texts.Length)],
                To = _texts[random.Next(_texts.Length)],
                Route = random.Next(2) == 0 ? null : [_texts[random.Next(_texts.Length)]],
                PayloadKind = PayloadKind.Json,
                Payload = Encoding.UTF8.GetBytes(data?.ToJsonString() ?? "null"),
            };

            Envelope? ours = new RelayReader("node1").Read(message, out string? why);

            Assert.True(ours is null || (why is null && ours.Type is MessageType.Call or MessageType.Result && ours.Route![^1] == "node1"));
            read += ours is null ? 0 : 1;
        }

        Assert.InRange(read, 1, 19_999);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\"\\ud800\"")]
    [InlineData("""{"call":{"server_name":"\ud800"},"response_id":"\ud800"}""")]
    [InlineData("""{"original_message":{"type":"route_message","data":{"original_message":5}}}""")]
    public void Read_WhatIsNoText_IsRefused(string data)
    {
        foreach (string type in _types[..3])
        {
            var message = new Envelope { Type = MessageType.Other, TypeName = type, From = "node1", To = "me", PayloadKind = PayloadKind.Json, Payload = Encoding.UTF8.GetBytes(data) };

            Assert.Null(new RelayReader("node1").Read(message, out string? why));
            Assert.StartsWith(type, why);
        }
    }

    [Fact]
    public void Read_WrappedWithoutEnd_IsRefused()
    {
        string data = "1";
        for (int i = 0; i < 40; i++)
        {
            data = "{\"original_message\":{\"type\":\"route_message\",\"data\":" + data + "}}";
        }

        var message = new Envelope { Type = MessageType.Other, TypeName = "route_message", PayloadKind = PayloadKind.Json, Payload = Encoding.UTF8.GetBytes(data) };
        Assert.Null(new RelayReader("node1").Read(message, out string? why));
        Assert.Equal("route_message: wrapped more than 16 times", why);
    }

    [Theory]
    [InlineData("0.5", 500u)]
    [InlineData("30", 30_000u)]
    [InlineData("1e300", uint.MaxValue)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("\"30\"", null)]
    public void Read_Timeout_IsInSecondsAndMayBeAFraction(string timeout, uint? expectedMs)
    {
        string data = $$"""{"call":{"server_name":"s","method":"m","timeout":{{timeout}}},"response_id":"r"}""";
        var message = new Envelope { Type = MessageType.Other, TypeName = "server_call", From = "node1", To = "me", PayloadKind = PayloadKind.Json, Payload = Encoding.UTF8.GetBytes(data) };

        Assert.Equal(expectedMs, new RelayReader("node1").Read(message, out _)!.DeadlineMs);
    }

    [Fact]
    public void Write_AnyPayload_IsJsonOrUntouched()
    {
        byte[][] payloads = [[], [0xff], "{"u8.ToArray(), "[1,2]"u8.ToArray(), " [1]"u8.ToArray(), "\"\\ud800\""u8.ToArray(), [(byte)'"', 0xff, (byte)'"'], Encoding.UTF8.GetBytes(new string('[', 60) + new string(']', 60)), Encoding.UTF8.GetBytes(new string('[', 50) + new string(']', 50))];
        foreach (byte[] payload in payloads)
        {
            foreach (PayloadKind kind in (PayloadKind[])[PayloadKind.None, PayloadKind.Json, PayloadKind.Bytes])
            {
                foreach (string neighbour in (string[])["node1", "node2"])
                {
                    foreach (ErrorInfo? error in (ErrorInfo?[])[null, new ErrorInfo(LocalCastError.Busy, "later")])
                    {
                        AssertSound(new Envelope { Type = MessageType.Call, Id = "1", From = "c@me", To = "s@node1", Route = ["me"], PayloadKind = kind, Payload = payload }, neighbour);
                        AssertSound(new Envelope { Type = MessageType.Result, ReplyTo = "1", From = "s@me", To = "@node1", Route = ["me"], PayloadKind = kind, Payload = payload, Error = error }, neighbour);
                    }
                }
            }
        }
    }

    private static void AssertSound(Envelope ours, string neighbour)
    {
        Envelope said = RelayWriter.Write(ours, neighbour);
        if (!ReferenceEquals(said, ours))
        {
            Assert.Equal(neighbour == "node1" ? (ours.Type == MessageType.Call ? "server_call" : "server_response") : "route_message", said.TypeName);
            JsonDocument.Parse(said.Payload).Dispose();
            var back = new RelayReader("me").Read(said, out string? why);
            Assert.True(back?.Type == ours.Type, why);
        }
    }

    private static JsonNode? Anything(Random random, int depth, bool isObject = false) => (isObject ? 0 : random.Next(depth > 0 ? 7 : 5)) switch
    {
        0 when depth > 0 => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(_ => _names[random.Next(_names.Length)]).Distinct().Select(name => KeyValuePair.Create(name, Anything(random, depth - 1)))),
        1 => null,
        2 => JsonValue.Create(random.Next(3) - 1),
        3 => JsonValue.Create(random.Next(2) == 0),
        4 or 0 => JsonValue.Create(_texts[random.Next(_texts.Length)]),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Anything(random, depth - 1))]),
        _ => new JsonObject
        {
            ["call"] = new JsonObject { ["server_name"] = "s", ["method"] = "m", ["args"] = Anything(random, depth - 1) },
            ["response_id"] = "r",
            ["original_message"] = Anything(random, depth - 1),
        },
    };
}
