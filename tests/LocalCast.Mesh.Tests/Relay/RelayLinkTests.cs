using System.Text;
using System.Text.Json.Nodes;
using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Relay;

/// <summary>A neighbour, <c>node1</c>, that says calls and answers in Relay's words, beside one, <c>b</c>, that uses ours.</summary>
public sealed class RelayLinkTests
{
    private const string Call = """
        {"type":"server_call","id":"1767323045678901234","from":"node1","to":"me","timestamp":"2026-01-02T03:04:05.678901234+01:00","route":["node1"],"ttl":9,
         "data":{"call":{"server_name":"counter_server","method":"increment","args":[5],"timeout":30},"response_id":"r1"}}
        """;

    private readonly MeshPair _mesh = new();

    public RelayLinkTests()
    {
        _mesh.Join("node1");
        _mesh.Join("b", [new NodeDescription { Name = "task_server", State = "Ready" }]);
    }

    [Fact]
    public void ServerCall_ToThisAgent_IsDeliveredAndAnsweredInKind()
    {
        _mesh.SayJson("node1", Call);

        DeliverCall delivered = Assert.Single(_mesh.Of<DeliverCall>());
        Assert.Equal(("counter_server", "increment", "[5]", 30_000u), (delivered.Call.To, delivered.Call.Method, Text(delivered.Call), delivered.Call.DeadlineMs));
        _mesh.Act(machine => machine.AnswerCall(delivered.Handle, new Envelope { Type = MessageType.Result, PayloadKind = PayloadKind.Json, Payload = "6"u8.ToArray() }, _mesh.Time));
        AssertTold("server_response", """{"response_id":"r1","node_id":"me","success":true,"result":6}""", to: "node1");
    }

    [Fact]
    public void ServerCall_ThatFails_IsAnsweredWithTheError()
    {
        _mesh.SayJson("node1", Call);
        _mesh.Act(machine => machine.AnswerCall(
            _mesh.Of<DeliverCall>()[0].Handle, new Envelope { Type = MessageType.Result, Error = new ErrorInfo(LocalCastError.NodeNotFound, "no node 'counter_server'") }, _mesh.Time));

        AssertTold("server_response", """{"response_id":"r1","node_id":"me","success":false,"error":"NodeNotFound: no node \u0027counter_server\u0027"}""", to: "node1");
    }

    [Fact]
    public void ServerCall_ForAnAgentBehindThisOne_PassesAsOurs_AndItsResultComesBackAsRelays()
    {
        _mesh.SayJson("node1", """
            {"type":"route_message","id":"9","from":"node1","to":"me","ttl":9,"data":{"original_message":
             {"type":"server_call","id":"8","from":"node1","to":"b","ttl":9,"data":{"call":{"server_name":"task_server","method":"add_task","args":["distributed_task",{"priority":1}],"timeout":0.5},"response_id":"r2"}}}}
            """);

        Envelope call = Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal((MessageType.Call, "task_server@b", "@node1", "r2", 500u), (call.Type, call.To, call.From, call.Id, call.DeadlineMs));
        Assert.Equal(["node1", "me"], call.Route);
        _mesh.Say("b", new Envelope { Type = MessageType.Result, From = "task_server@b", To = call.From, ReplyTo = call.Id, Route = ["b"], Ttl = 10 });
        AssertTold("server_response", """{"response_id":"r2","node_id":"b","success":true,"result":null}""", to: "node1");
    }

    [Fact]
    public void Call_ToItsNode_IsAServerCall_AndTheServerResponseIsItsAnswer()
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me","data":{"servers":[]}}""");
        Assert.DoesNotContain(_mesh.Of<MeshNotice>(), notice => notice.Name == "refused_message");

        _mesh.Act(machine => machine.Call(7, new Envelope { Type = MessageType.Call, Id = "c", From = "client", To = "counter@node1", Method = "get", DeadlineMs = 2500 }, _mesh.Time));

        Envelope said = Assert.Single(_mesh.TakeAll("node1"));
        Assert.Equal(("server_call", "me", "node1"), (said.TypeName, said.From, said.To));
        JsonNode data = JsonNode.Parse(said.Payload.Span)!;
        Assert.Equal("""{"server_name":"counter","method":"get","args":[],"timeout":2.5}""", data["call"]!.ToJsonString());
        Respond("node1", data, """ "success":true,"result":{"count":6} """);
        AnswerRequest answer = Assert.Single(_mesh.Of<AnswerRequest>());
        Assert.Equal((7, "{\"count\":6}"), (answer.Request, Text(answer.Answer)));
    }

    [Theory]
    [InlineData("server counter not found", LocalCastError.NodeNotFound)]
    [InlineData("division by zero", LocalCastError.HandlerFailed)]
    public void ServerResponse_WithAnError_FailsTheCall(string text, LocalCastError expected)
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me"}""");
        _mesh.Act(machine => machine.Call(7, new Envelope { Type = MessageType.Call, Id = "c", From = "client", To = "counter@node1" }, _mesh.Time));

        Respond("node1", JsonNode.Parse(Assert.Single(_mesh.TakeAll("node1")).Payload.Span)!, $"\"success\":false,\"error\":\"{text}\"");

        Assert.Equal(new ErrorInfo(expected, text), Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Call_OfAnotherAgentToItsNode_IsTranslatedBothWays()
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me"}""");
        _mesh.Say("b", new Envelope { Type = MessageType.Call, Id = "64-1", From = "client@b", To = "counter@node1", Method = "get", Route = ["b"], Ttl = 10, PayloadKind = PayloadKind.Json, Payload = "{\"by\":1}"u8.ToArray() });

        Envelope said = Assert.Single(_mesh.TakeAll("node1"));
        Assert.Equal(("server_call", "b", (byte?)9), (said.TypeName, said.From, said.Ttl));
        JsonNode data = JsonNode.Parse(said.Payload.Span)!;
        Assert.Equal("[{\"by\":1}]", data["call"]!["args"]!.ToJsonString());
        Respond("node1", data, """ "success":true,"result":[1] """, to: "b");

        Envelope answer = Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal((MessageType.Result, "client@b", "64-1", "[1]"), (answer.Type, answer.To, answer.ReplyTo, Text(answer)));
    }

    [Fact]
    public void Call_ToAnAgentBehindIt_IsWrappedInARouteMessage()
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me"}""");
        _mesh.SayDocument("node1", new AgentDocument { Id = "node2", Boot = 1, Seq = 1, Nodes = [], Groups = [], Neighbours = [new DocumentNeighbour { Id = "node1", Cost = 1000 }] });
        _mesh.SayDocument("node1", new AgentDocument { Id = "node1", Boot = 1, Seq = 2, Nodes = [], Groups = [], Neighbours = [.. ((string[])["me", "node2"]).Select(id => new DocumentNeighbour { Id = id, Cost = 1000 })] });
        _mesh.Pass(TimeSpan.FromSeconds(1));
        _mesh.TakeAll("node1");

        _mesh.Act(machine => machine.Call(7, new Envelope { Type = MessageType.Call, Id = "c", From = "client", To = "counter@node2" }, _mesh.Time));

        Envelope said = Assert.Single(_mesh.TakeAll("node1"));
        Assert.Equal(("route_message", "me", "node1"), (said.TypeName, said.From, said.To));
        JsonNode inner = JsonNode.Parse(said.Payload.Span)!["original_message"]!;
        Assert.Equal(("server_call", "me", "node2"), ((string?)inner["type"], (string?)inner["from"], (string?)inner["to"]));
    }

    /// <summary>It takes no chunks, and a frame that is too long would end the link for everybody.</summary>
    [Theory]
    [InlineData(PayloadKind.Json, 1_048_500, true)] // with what goes around it
    [InlineData(PayloadKind.Bytes, 800_000, true)] // base64 makes it longer
    [InlineData(PayloadKind.Json, 900_000, false)]
    public void Call_OfThisMachine_ThatDoesNotFitItsFrame_IsTooLarge(PayloadKind kind, int size, bool isTooLarge)
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me"}""");

        _mesh.Act(machine => machine.Call(7, new Envelope { Type = MessageType.Call, Id = "c", From = "client", To = "counter@node1", PayloadKind = kind, Payload = Large(kind, size) }, _mesh.Time));

        Assert.Equal(isTooLarge ? [LocalCastError.TooLarge] : [], _mesh.Of<AnswerRequest>().Select(answer => answer.Answer.Error!.Code));
        Assert.Equal(isTooLarge ? 0 : 1, _mesh.TakeAll("node1").Count);
    }

    [Fact]
    public void Call_OfAnotherAgent_ThatDoesNotFitItsFrame_IsAnsweredTooLarge()
    {
        _mesh.SayJson("node1", """{"type":"registry_sync","from":"node1","to":"me"}""");

        _mesh.Say("b", new Envelope { Type = MessageType.Call, Id = "64-1", From = "client@b", To = "counter@node1", Route = ["b"], Ttl = 10, PayloadKind = PayloadKind.Bytes, Payload = new byte[900_000] });

        Envelope answer = Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal((MessageType.Result, "64-1", LocalCastError.TooLarge), (answer.Type, answer.ReplyTo, answer.Error?.Code));
        Assert.Empty(_mesh.TakeAll("node1"));
    }

    [Fact]
    public void Result_ThatDoesNotFitItsFrame_SaysSo()
    {
        _mesh.SayJson("node1", Call);
        DeliverCall delivered = Assert.Single(_mesh.Of<DeliverCall>());

        _mesh.Act(machine => machine.AnswerCall(delivered.Handle, new Envelope { Type = MessageType.Result, PayloadKind = PayloadKind.Bytes, Payload = new byte[900_000] }, _mesh.Time));

        Envelope said = Assert.Single(_mesh.TakeAll("node1"));
        JsonNode data = JsonNode.Parse(said.Payload.Span)!;
        Assert.Equal(("server_response", "r1", false), (said.TypeName, (string?)data["response_id"], (bool)data["success"]!));
        Assert.StartsWith("TooLarge: ", (string?)data["error"], StringComparison.Ordinal);
    }

    [Fact]
    public void SameWord_OnALinkThatDoesNotSpeakJson_IsAMessageLikeAnyOther()
    {
        _mesh.Say("b", new Envelope { Type = MessageType.Other, TypeName = "server_call", From = "x@b", To = "node@me", Route = ["b"], Ttl = 10, PayloadKind = PayloadKind.Json, Payload = "{}"u8.ToArray() });

        Assert.Equal("server_call", Assert.Single(_mesh.Of<DeliverMessage>()).Message.TypeName);
    }

    [Fact]
    public void ServerCall_AsFirstMessage_IsNoHello()
    {
        _mesh.Act(machine => machine.LinkOpened(99, LinkDirection.Inbound, "192.0.2.9:1", "node9", _mesh.Time));
        _mesh.Act(machine => machine.Received(99, JsonCodec.Decode(Encoding.UTF8.GetBytes(Call), new ProtocolLimits()), 100, _mesh.Time, isJson: true));

        Assert.Equal((99, LocalCastError.BadRequest), (Assert.Single(_mesh.Of<CloseLink>()).Link, _mesh.Of<CloseLink>()[0].Reason.Code));
    }

    private void Respond(string by, JsonNode call, string members, string to = "me") => _mesh.SayJson(
        by, $$$"""{"type":"server_response","id":"77","from":"{{{by}}}","to":"{{{to}}}","ttl":9,"route":["{{{by}}}"],"data":{"response_id":{{{call["response_id"]!.ToJsonString()}}},"node_id":"{{{by}}}",{{{members}}}}}""");

    private static byte[] Large(PayloadKind kind, int size) => kind == PayloadKind.Bytes ? new byte[size] : Encoding.UTF8.GetBytes($"\"{new string('x', size)}\"");

    private void AssertTold(string type, string data, string to)
    {
        Envelope said = Assert.Single(_mesh.TakeAll("node1"));
        Assert.Equal((type, to, data), (said.TypeName, said.To, Text(said)));
    }

    private static string Text(Envelope message) => Encoding.UTF8.GetString(message.Payload.Span);
}
