using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class ChunkTests
{
    private static readonly TimeSpan _now = TimeSpan.FromSeconds(1);
    private readonly ChunkAssembler _assembler = new(1024 * 1024);

    [Theory]
    [InlineData(LinkMessage.ChunkBytes + 1, 3)]
    [InlineData(2 * LinkMessage.ChunkBytes, 3)]
    [InlineData(1024 * 1024, 5)]
    public void LargeMessage_InChunks_ComesOutAsItWas(int bytes, int parts)
    {
        Envelope message = Message(bytes);
        Envelope[] chunks = Cut(message, 1);
        Assert.Equal(parts, chunks.Length);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Payload.Length, 1, LinkMessage.ChunkBytes));

        Envelope? whole = null;
        foreach (Envelope chunk in chunks)
        {
            Assert.Null(whole);
            whole = _assembler.Take(chunk, _now).Whole;
        }

        Assert.Equal(message.Payload.ToArray(), whole!.Payload.ToArray());
        Assert.Equal((message.Type, message.From, message.To, message.Id, message.PayloadKind, message.Ttl), (whole.Type, whole.From, whole.To, whole.Id, whole.PayloadKind, whole.Ttl));
        Assert.Equal(message.Headers, whole.Headers);
        Assert.Equal(message.Route, whole.Route);
        Assert.Equal(0, _assembler.Count);
    }

    [Fact]
    public void SmallMessage_IsSentAsItIs() => Assert.Same(_small, Assert.Single(Cut(_small, 0)));

    [Fact]
    public void Take_SeveralAtATime_EachComesOut()
    {
        Envelope[][] all = [.. Enumerable.Range(1, 4).Select(number => Cut(Message(600_000, $"{number}"), number))];
        List<string> done = [];
        for (int part = 0; part < all[0].Length; part++)
        {
            foreach (Envelope[] chunks in all)
            {
                if (_assembler.Take(chunks[part], _now).Whole is { } whole)
                {
                    done.Add(whole.Id!);
                }
            }
        }

        Assert.Equal(["1", "2", "3", "4"], done);
    }

    [Fact]
    public void Take_MoreAtATimeThanAllowed_IsWrong()
    {
        for (int number = 1; number <= 4; number++)
        {
            Assert.Null(_assembler.Take(Cut(Message(600_000), number)[0], _now).Wrong);
        }

        Assert.NotNull(_assembler.Take(Cut(Message(600_000), 5)[0], _now).Wrong);
        Assert.Equal(4, _assembler.Count);
    }

    [Fact]
    public void Take_LargerThanThisAgentTakes_IsRefusedOnceAndItsRestIgnored()
    {
        Envelope[] chunks = Cut(Message(1024 * 1024 + 1), 1);

        Assert.Equal("9", _assembler.Take(chunks[0], _now).TooLarge!.Id);
        Assert.All(chunks[1..], chunk => Assert.Equal(default, _assembler.Take(chunk, _now)));
        Assert.Equal(0, _assembler.Count);
    }

    [Fact]
    public void Expire_NothingComesForAMinute_IsGivenUpAndItsRestIgnored()
    {
        Envelope[] chunks = Cut(Message(600_000), 1);
        _assembler.Take(chunks[0], TimeSpan.Zero);
        _assembler.Take(chunks[1], TimeSpan.FromSeconds(50));

        Assert.Equal(0, _assembler.Expire(TimeSpan.FromSeconds(109)));
        Assert.Equal(1, _assembler.Expire(TimeSpan.FromSeconds(110)));
        Assert.Equal(default, _assembler.Take(chunks[2], TimeSpan.FromSeconds(111)));
    }

    public static TheoryData<string, Envelope> Nonsense()
    {
        Envelope[] good = Cut(Message(600_000), 1);
        return new TheoryData<string, Envelope>
        {
            { "no number", Chunk(null, new byte[10]) },
            { "no number but text", Chunk("x", new byte[10]) },
            { "nothing in it", Chunk("1", []) },
            { "never began", Chunk("1", new byte[10]) },
            { "no total", Chunk("1", good[0].Payload.ToArray(), ("kind", "1")) },
            { "negative total", Chunk("1", good[0].Payload.ToArray(), ("kind", "1"), ("total", "-1")) },
            { "huge total", Chunk("1", good[0].Payload.ToArray(), ("kind", "1"), ("total", "2000000000")) },
            { "total that needs no chunks", Chunk("1", good[0].Payload.ToArray(), ("kind", "1"), ("total", "1000")) },
            { "no such kind", Chunk("1", good[0].Payload.ToArray(), ("kind", "3"), ("total", "600000")) },
            { "no packet", Chunk("1", new byte[100], ("kind", "1"), ("total", "600000")) },
            { "a packet with a payload", Chunk("1", Encode(_small), ("kind", "1"), ("total", "600000")) },
            { "a goodbye", Chunk("1", Encode(new Envelope { Type = MessageType.Goodbye }), ("kind", "1"), ("total", "600000")) },
            { "a chunk in a chunk", Chunk("1", Encode(new Envelope { Type = MessageType.Other, TypeName = "mesh-chunk", Id = "2" }), ("kind", "1"), ("total", "600000")) },
        };
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Take_Nonsense_IsWrong(string what, Envelope chunk)
    {
        Assert.True(_assembler.Take(chunk, _now).Wrong is not null, what);
        Assert.Equal(0, _assembler.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(LinkMessage.ChunkBytes - 1)]
    [InlineData(LinkMessage.ChunkBytes + 1)]
    public void Take_PieceOfAnotherSize_IsWrongAndTheMessageIsGivenUp(int bytes)
    {
        _assembler.Take(Cut(Message(600_000), 1)[0], _now);

        Assert.NotNull(_assembler.Take(Chunk("1", new byte[bytes]), _now).Wrong);
        Assert.Equal(0, _assembler.Count);
    }

    [Fact]
    public void Machine_LargeCallAndItsLargeAnswer_PassWhole()
    {
        var mesh = new MeshPair();
        mesh.Join("a");
        foreach (Envelope chunk in Cut(Message(1_000_000), 1))
        {
            Assert.Empty(mesh.Of<DeliverCall>());
            mesh.Say("a", chunk);
        }

        DeliverCall call = Assert.Single(mesh.Of<DeliverCall>());
        Assert.Equal(1_000_000, call.Call.Payload.Length);
        mesh.Act(m => m.AnswerCall(call.Handle, new Envelope { Type = MessageType.Result, PayloadKind = PayloadKind.Json, Payload = new byte[700_000] }, mesh.Time));

        var other = new ChunkAssembler(1024 * 1024);
        Envelope answer = Assert.Single(mesh.TakeAll("a").Select(chunk => other.Take(chunk, _now).Whole).OfType<Envelope>());
        Assert.Equal((MessageType.Result, 700_000, PayloadKind.Json), (answer.Type, answer.Payload.Length, answer.PayloadKind));
    }

    [Fact]
    public void Machine_TooLarge_IsSaidToWhoSendsAndToWhoWaits()
    {
        var mesh = new MeshPair();
        mesh.Join("a");
        mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "x@a", Payload = new byte[(1024 * 1024) + 1] }, mesh.Time));
        mesh.Act(m => m.Publish(2, new Envelope { Type = MessageType.Publish, Topic = "t", Mode = PublishMode.All, Payload = new byte[(1024 * 1024) + 1] }, mesh.Time));
        Assert.All(mesh.Of<AnswerRequest>(), answer => Assert.Equal(LocalCastError.TooLarge, answer.Answer.Error!.Code));
        Assert.Equal(2, mesh.Of<AnswerRequest>().Length);

        foreach (Envelope chunk in Cut(Message(2_000_000), 1))
        {
            mesh.Say("a", chunk);
        }

        Assert.Equal(LocalCastError.TooLarge, Assert.Single(mesh.TakeAll("a")).Error!.Code);
        mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", "10"));
        mesh.Act(m => m.AnswerCall(Assert.Single(mesh.Of<DeliverCall>()).Handle, new Envelope { Type = MessageType.Result, Payload = new byte[2_000_000] }, mesh.Time));
        Assert.Equal(LocalCastError.TooLarge, Assert.Single(mesh.TakeAll("a")).Error!.Code);
    }

    [Fact]
    public void Machine_NonsenseUpToTheLimit_IsBanned()
    {
        var mesh = new MeshPair();
        mesh.Join("a");
        for (int i = 0; i < 5; i++)
        {
            mesh.Say("a", Chunk("1", new byte[10]));
        }

        Assert.Equal(LocalCastError.Forbidden, Assert.Single(mesh.Of<CloseLink>()).Reason.Code);
    }

    [Fact]
    public void Machine_ParticipantSendsAChunk_IsNotSent()
    {
        var mesh = new MeshPair();
        mesh.Join("a");
        mesh.Act(m => m.Send(new Envelope { Type = MessageType.Other, TypeName = "mesh-chunk", To = "x@a", From = "y" }, mesh.Time));

        Assert.Empty(mesh.TakeAll("a"));
        Assert.Contains(mesh.Of<MeshNotice>(), notice => notice.Name == "not_sent");
    }

    private static readonly Envelope _small = new() { Type = MessageType.Call, Id = "1", PayloadKind = PayloadKind.Bytes, Payload = new byte[LinkMessage.ChunkBytes] };

    private static Envelope Message(int bytes, string id = "9")
    {
        byte[] payload = new byte[bytes];
        new Random(bytes).NextBytes(payload);
        return new Envelope
        {
            Type = MessageType.Call,
            Id = id,
            From = "x@a",
            To = "dns@me",
            Method = "m",
            Ttl = 10,
            Route = ["a"],
            Headers = new Dictionary<string, string> { ["traceparent"] = "1" },
            PayloadKind = PayloadKind.Json,
            Payload = payload,
        };
    }

    private static Envelope[] Cut(Envelope message, long number)
    {
        Assert.True(LinkMessage.TryPrepare(message, isWhole: false, out LinkMessage? prepared));
        return [.. Enumerable.Range(0, prepared.Parts).Select(part => prepared.Part(number, part))];
    }

    private static byte[] Encode(Envelope message)
    {
        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        BinaryCodec.Encode(message, writer);
        return writer.WrittenSpan.ToArray();
    }

    private static Envelope Chunk(string? number, byte[] bytes, params (string Key, string Value)[] headers) => new()
    {
        Type = MessageType.Other,
        TypeName = "mesh-chunk",
        Id = number,
        Headers = headers.Length == 0 ? null : headers.ToDictionary(header => header.Key, header => header.Value),
        PayloadKind = PayloadKind.Bytes,
        Payload = bytes,
    };
}
