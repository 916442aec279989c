using System.Text;
using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests;

/// <summary>A neighbour that says anything at all: the machine never throws, and another neighbour's calls still work.</summary>
public sealed class HostileNeighbourTests
{
    private static readonly string[] _payloads =
    [
        "", "null", "[]", "{}", "1", "\"x\"", "{\"addresses\":null}", "{\"addresses\":[null]}", "{\"addresses\":[\"ws://8.8.8.8:1\"]}", "{\"addresses\":[\"\",\"\\u0000\"]}",
        "{\"entries\":null}", "{\"entries\":[null]}", "{\"digest\":\"1\"}", "{\"digest\":\"-1\"}", "{\"entries\":[{\"id\":\"b\",\"boot\":\"1\",\"seq\":\"9\"}]}",
        "{\"entries\":[{\"id\":\"me\",\"boot\":\"18446744073709551615\",\"seq\":\"18446744073709551615\"}]}", "{\"entries\":[{\"id\":null,\"boot\":\"1\",\"seq\":\"9\"}]}",
        "{\"ids\":[null]}", "{\"ids\":[\"me\",\"b\",\"nobody\"]}", "{\"documents\":[null]}", "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"1\",\"nodes\":[null]}]}",
        "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"2\",\"nodes\":null,\"neighbours\":[null]}]}", "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"3\",\"groups\":[null]}]}",
        "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"4\",\"nodes\":[{\"name\":\"n\",\"topics\":[null],\"methods\":[null]}],\"neighbours\":[{\"id\":\"a\",\"cost\":1},{\"id\":\"a\",\"cost\":2}]}]}",
        "{\"documents\":[{\"id\":\"me\",\"boot\":\"2000000000000\",\"seq\":\"4\"}]}", "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"5\",\"born\":-1}]}", "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"6\",\"born\":null}]}",
        "{\"documents\":[{\"id\":\"me\",\"boot\":\"1767323045678\",\"seq\":\"18446744073709551615\",\"born\":\"0\",\"neighbours\":[{\"id\":\"b\",\"cost\":1},{\"id\":\"nobody\",\"cost\":1}]}]}",
        "{\"documents\":[{\"id\":\"me\",\"boot\":\"1767323045678\",\"seq\":\"9\",\"born\":\"18446744073709551616\"}]}", "{\"documents\":[{\"id\":\"me\",\"boot\":\"1767323045679\",\"seq\":\"9\",\"born\":[]}]}", "{\"documents\":[{\"id\":\"b\",\"boot\":\"1767323045678\",\"seq\":\"4\",\"left\":true}]}",
        "{\"documents\":[{\"id\":\"x\",\"boot\":\"1\",\"seq\":\"18446744073709551615\",\"neighbours\":[{\"id\":\"me\",\"cost\":-1}]}]}", "{\"nonce\":\"x\"}", "{\"nonce\":\"18446744073709551616\"}",
    ];

    private static readonly string?[] _addresses = [null, "", "@", "x@", "@me", "x@me", "x@a", "x@b", "x@nowhere", "me", "a", "x@y@me", "\0@a"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Receive_Anything_NeverThrowsAndDisturbsNoOther(int seed)
    {
        var random = new Random(seed);
        var mesh = new MeshPair(born: 1_767_323_045_678_000_000);
        mesh.Machine.Ledger.Exempt("a"); // so that it can go on and on
        mesh.Join("b", [new NodeDescription { Name = "echo", State = "Ready", Topics = ["t"] }]);
        mesh.Join("a");
        for (int i = 0; i < 5000; i++)
        {
            mesh.Say("a", Anything(random));
            mesh.Act(m => m.Publish(1, new Envelope { Type = MessageType.Publish, Mode = (PublishMode)random.Next(4), Topic = "t" }, mesh.Time));
            if (i % 100 == 0)
            {
                mesh.Pass(TimeSpan.FromMilliseconds(200));
                mesh.TakeAll("b");
            }
        }

        mesh.TakeAll("b");
        mesh.Effects.Clear();
        mesh.Act(m => m.Call(7, new Envelope { Type = MessageType.Call, To = "echo@b" }, mesh.Time));
        Envelope call = Assert.Single(mesh.TakeAll("b"), message => message.Type == MessageType.Call);
        mesh.Say("b", new Envelope { Type = MessageType.Result, From = "echo@b", To = call.From, ReplyTo = call.Id, Route = ["b"], Ttl = 10 });
        Assert.Null(Assert.Single(mesh.Of<AnswerRequest>(), answer => answer.Request == 7).Answer.Error);
    }

    [Fact]
    public void Receive_MisbehaviourUpToTheLimit_ClosesAndBans()
    {
        var mesh = new MeshPair();
        mesh.Join("a");
        for (int i = 0; i < 5; i++)
        {
            mesh.Say("a", Data(MessageType.State, "{\"documents\":[null]}"));
        }

        Assert.Equal(LocalCastError.Forbidden, Assert.Single(mesh.Of<CloseLink>()).Reason.Code);
        Assert.True(mesh.Machine.Ledger.IsBanned("a", mesh.Time.Wall));
    }

    private static Envelope Anything(Random random)
    {
        MessageType type;
        do
        {
            type = (MessageType)random.Next(1, 26);
        }
        while (type == MessageType.Goodbye);

        string payload = _payloads[random.Next(_payloads.Length)];
        return new Envelope
        {
            Type = type > MessageTypes.Last ? MessageType.Other : type,
            TypeName = "weird",
            Id = random.Next(3) == 0 ? null : $"{random.Next(50)}",
            ReplyTo = random.Next(3) == 0 ? null : $"64-{random.Next(50)}",
            From = _addresses[random.Next(_addresses.Length)],
            To = _addresses[random.Next(_addresses.Length)],
            Route = random.Next(4) switch { 0 => null, 1 => [], 2 => ["a"], _ => ["b", "a"] },
            Ttl = random.Next(3) == 0 ? null : (byte)random.Next(256),
            DeadlineMs = random.Next(2) == 0 ? null : (uint)random.NextInt64(uint.MaxValue),
            Group = random.Next(4) == 0 ? "red" : null,
            Topic = random.Next(2) == 0 ? "t" : null,
            Mode = (PublishMode)random.Next(4),
            Headers = random.Next(4) == 0 ? new Dictionary<string, string> { ["mesh-to"] = random.Next(2) == 0 ? "" : "me\nb\n\na\nnobody" } : null,
            Error = random.Next(4) == 0 ? new ErrorInfo(LocalCastError.Internal, "") : null,
            PayloadKind = (PayloadKind)random.Next(3),
            Payload = Encoding.UTF8.GetBytes(payload),
        };
    }

    private static Envelope Data(MessageType type, string data) => new() { Type = type, PayloadKind = PayloadKind.Json, Payload = Encoding.UTF8.GetBytes(data) };
}
