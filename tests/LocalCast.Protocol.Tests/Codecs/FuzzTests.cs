using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace LocalCast.Protocol.Tests;

public sealed class FuzzTests
{
    private const int Cases = 40_000;

    private static readonly JsonElement[] _vectors = VectorFile.ReadGood();

    [Fact]
    public void Json_Damaged_IsReadOrRefused()
    {
        byte[][] bodies = [.. _vectors.Select(v => Encoding.UTF8.GetBytes(v.Text("json")))];
        ForEachMutation(bodies, seed: 1, body =>
        {
            if (TryDecodeJson(body, out Envelope? envelope))
            {
                string json = Codec.ToJson(envelope);
                Assert.Equal(json, Codec.ToJson(Codec.FromJson(json)));
                Assert.Equal(json, Codec.ToJson(BinaryCodec.Decode(Codec.BinaryBytes(envelope))));
            }
        });
    }

    [Fact]
    public void Binary_Damaged_IsReadOrRefusedWithAReason()
    {
        byte[][] bodies = [.. _vectors.Select(v => Convert.FromHexString(v.Text("binary")))];
        ForEachMutation(bodies, seed: 2, body =>
        {
            if (Packet.TryRead(body, out Packet packet, out string? why))
            {
                AssertHarmless(BinaryCodec.ToEnvelope(packet));
            }
            else
            {
                Assert.NotEmpty(why);
            }
        });
    }

    [Fact]
    public void Hello_Damaged_IsAcceptedOrRefusedWithAReason()
    {
        byte[][] bodies = [.. _vectors.Where(v => v.GetProperty("envelope").Text("type") == "hello").Select(v => Convert.FromHexString(v.Text("binary")))];
        ForEachMutation(bodies, seed: 3, body =>
        {
            if (Packet.TryRead(body, out Packet packet, out _))
            {
                bool accepted = Handshake.TryAccept(BinaryCodec.ToEnvelope(packet), out Hello? hello, out ErrorInfo? refusal);
                Assert.Equal(accepted, hello is not null);
                Assert.Equal(accepted, refusal is null);
            }
        });
    }

    /// <summary>What one participant was allowed to send may not cost another its session, whichever codec that one uses.</summary>
    private static void AssertHarmless(Envelope received)
    {
        byte[] forwarded;
        try
        {
            forwarded = Codec.JsonBytes(received);
        }
        catch (InvalidDataException)
        {
            return; // a payload that is not JSON: refused before it is forwarded
        }

        Envelope seen = JsonCodec.Decode(forwarded, Codec.Limits);
        Assert.Equal(received.Type, seen.Type);
        Assert.Equal(received.TypeName, seen.TypeName);
    }

    private static bool TryDecodeJson(byte[] body, [NotNullWhen(true)] out Envelope? envelope)
    {
        try
        {
            envelope = JsonCodec.Decode(body, Codec.Limits);
            return true;
        }
        catch (InvalidDataException e)
        {
            Assert.NotEmpty(e.Message);
            envelope = null;
            return false;
        }
    }

    private static void ForEachMutation(byte[][] bodies, int seed, Action<byte[]> check)
    {
        var random = new Random(seed);
        for (int i = 0; i < Cases; i++)
        {
            byte[] body = Mutation.Of(bodies[random.Next(bodies.Length)], bodies[random.Next(bodies.Length)], random);
            try
            {
                check(body);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"case {i}: {Convert.ToHexString(body)}", e);
            }
        }
    }
}
