using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LocalCast.Protocol.Tests;

/// <summary>The payloads of control messages are what the vectors say, to the letter.</summary>
public sealed class ControlJsonTests
{
    [Fact]
    public void Hello_OfTheVectors_RoundTrips() => AssertRoundTrips("hello of a node", ControlJson.Default.Hello);

    [Fact]
    public void HelloAck_OfTheVectors_RoundTrips() => AssertRoundTrips("hello_ack", ControlJson.Default.HelloAck);

    [Fact]
    public void Nonce_OfTheVectors_RoundTrips() => AssertRoundTrips("ping_request with a nonce that a double cannot hold", ControlJson.Default.NonceData);

    [Fact]
    public void Ping_OfTheVectors_RoundTrips() => AssertRoundTrips("ping", ControlJson.Default.PingData);

    [Fact]
    public void Asked_OfTheVectors_RoundTrips() => AssertRoundTrips("ack of a ping", ControlJson.Default.AskedData);

    [Fact]
    public void Description_OfTheVectors_RoundTrips() => AssertRoundTrips("pong to a channel", ControlJson.Default.NodeDescription);

    [Fact]
    public void Require_OfTheVectors_RoundTrips() => AssertRoundTrips("require", ControlJson.Default.RequireData);

    [Fact]
    public void Required_OfTheVectors_RoundTrips() => AssertRoundTrips("required", ControlJson.Default.RequiredData);

    [Fact]
    public void Delivered_OfTheVectors_RoundTrips() => AssertRoundTrips("ack with the number delivered", ControlJson.Default.DeliveredData);

    [Fact]
    public void NodeEvent_OfTheVectors_RoundTrips() => AssertRoundTrips("departure of a node", ControlJson.Default.NodeEvent);

    [Fact]
    public void Shutdown_OfTheVectors_RoundTrips() => AssertRoundTrips("shutdown", ControlJson.Default.ShutdownData);

    private static void AssertRoundTrips<T>(string vector, JsonTypeInfo<T> type)
    {
        Envelope envelope = Codec.FromJson(VectorFile.Find(VectorFile.ReadGood(), vector).Text("json"));

        T value = JsonSerializer.Deserialize(envelope.Payload.Span, type)!;

        Assert.Equal(Encoding.UTF8.GetString(envelope.Payload.Span), JsonSerializer.Serialize(value, type));
    }
}
