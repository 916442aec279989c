using System.Text;

namespace LocalCast.Protocol.Tests;

public sealed class HandshakeTests
{
    [Fact]
    public void TryAccept_FullHello_ReadsEveryField()
    {
        Hello hello = Accept("""{"protocol":[1,3],"name":"dht","version":"1.2.0","role":"node","pid":123,"methods":["lookup"],"requires":["dns"],"topics":["a.>"],"ready":false,"later":[]}""");

        Assert.Equal(("dht", "1.2.0", "node", 123, false), (hello.Name, hello.Version, hello.Role, hello.Pid, hello.Ready));
        Assert.Equal(["lookup"], hello.Methods!);
        Assert.Equal(["dns"], hello.Requires!);
        Assert.Equal(["a.>"], hello.Topics!);
    }

    [Fact]
    public void TryAccept_LeastHello_LeavesTheRestAbsent()
    {
        Hello hello = Accept("""{"protocol":[0,1],"name":"cli"}""");

        Assert.Equal((null, null, null, null), (hello.Role, hello.Methods, hello.Topics, hello.Ready));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"protocol":[1,1]}""")]
    [InlineData("""{"protocol":[1,1],"name":null}""")]
    [InlineData("""{"protocol":null,"name":"a"}""")]
    [InlineData("""{"protocol":1,"name":"a"}""")]
    [InlineData("""{"protocol":[1],"name":"a"}""")]
    [InlineData("""{"protocol":[1,1,1],"name":"a"}""")]
    [InlineData("""{"protocol":[2,1],"name":"a"}""")]
    [InlineData("""{"protocol":["1","1"],"name":"a"}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","role":"boss"}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","pid":"1"}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","methods":"m"}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","methods":[null]}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","requires":["b",null]}""")]
    [InlineData("""{"protocol":[1,1],"name":"a","topics":[""]}""")]
    [InlineData("""{"protocol":[1,1],"name":""}""")]
    [InlineData("""{"protocol":[1,1],"name":"localcast"}""")]
    [InlineData("""{"protocol":[1,1],"name":"a@b"}""")]
    [InlineData("""{"protocol":[1,1],"name":"\ud800"}""")]
    public void TryAccept_BadHello_IsBadRequest(string data) => Assert.Equal(LocalCastError.BadRequest, Refuse(Message("hello", data)).Code);

    [Theory]
    [InlineData("[2,3]")]
    [InlineData("[-1,0]")]
    public void TryAccept_NoVersionInCommon_IsVersionMismatch(string versions) =>
        Assert.Equal(LocalCastError.VersionMismatch, Refuse(Message("hello", $$"""{"protocol":{{versions}},"name":"a"}""")).Code);

    [Theory]
    [InlineData("call")]
    [InlineData("grüße")]
    public void TryAccept_AnotherType_NamesIt(string type) =>
        Assert.Contains($"'{type}'", Refuse(Message(type, """{"method":"m"}""")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void TryAccept_Version_Has128CharactersAtMost(int length, bool isAccepted) =>
        Assert.Equal(isAccepted, Handshake.TryAccept(Message("hello", $$"""{"protocol":[1,1],"name":"a","version":"{{new string('1', length)}}"}"""), out _, out _));

    [Fact]
    public void TryAccept_NoData_IsBadRequest() => Assert.Equal(LocalCastError.BadRequest, Refuse(Codec.FromJson("""{"type":"hello"}""")).Code);

    [Fact]
    public void TryAccept_BytesForData_IsBadRequest() => Assert.Equal(LocalCastError.BadRequest, Refuse(Codec.FromJson("""{"type":"hello","bytes":"e30="}""")).Code);

    [Fact]
    public void TryAccept_DataThatIsNotUtf8_IsBadRequest() => Assert.Equal(LocalCastError.BadRequest, Refuse(new Envelope
    {
        Type = MessageType.Hello,
        PayloadKind = PayloadKind.Json,
        Payload = Encoding.Latin1.GetBytes("""{"protocol":[1,1],"name":"ü"}"""),
    }).Code);

    private static Envelope Message(string type, string data) => Codec.FromJson($$"""{"type":"{{type}}","data":{{data}}}""");

    private static Hello Accept(string data)
    {
        Assert.True(Handshake.TryAccept(Message("hello", data), out Hello? hello, out ErrorInfo? refusal));
        Assert.Null(refusal);
        return hello;
    }

    private static ErrorInfo Refuse(Envelope first)
    {
        Assert.False(Handshake.TryAccept(first, out Hello? hello, out ErrorInfo? refusal));
        Assert.Null(hello);
        Assert.NotEmpty(refusal.Message);
        return refusal;
    }
}
