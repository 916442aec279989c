using System.Text.Json;

namespace LocalCast.Protocol.Tests;

public sealed class VectorTests
{
    private static readonly JsonElement[] _vectors = VectorFile.ReadGood();

    public static TheoryData<string> Names => VectorFile.Names(_vectors);

    [Fact]
    public void Vectors_Names_AreDistinctAndEveryTypeIsThere()
    {
        Assert.Equal(_vectors.Length, _vectors.DistinctBy(v => v.Text("name")).Count());
        HashSet<string> types = [.. _vectors.Select(v => v.GetProperty("envelope").Text("type"))];
        for (MessageType type = MessageType.Hello; type <= MessageTypes.Last; type++)
        {
            Assert.Contains(MessageTypes.NameOf(type), types);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_IsTheEnvelope(string name)
    {
        JsonElement vector = VectorFile.Find(_vectors, name);

        using JsonDocument json = JsonDocument.Parse(vector.Text("json"));

        Assert.True(JsonElement.DeepEquals(vector.GetProperty("envelope"), json.RootElement));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_DecodedAndEncoded_IsBothForms(string name)
    {
        JsonElement vector = VectorFile.Find(_vectors, name);

        Envelope envelope = Codec.FromJson(vector.Text("json"));

        Assert.Equal(vector.Text("json"), Codec.ToJson(envelope));
        Assert.Equal(vector.Text("binary"), Codec.ToHex(envelope));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Binary_DecodedAndEncoded_IsBothForms(string name)
    {
        JsonElement vector = VectorFile.Find(_vectors, name);

        Envelope envelope = BinaryCodec.Decode(Convert.FromHexString(vector.Text("binary")));

        Assert.Equal(vector.Text("binary"), Codec.ToHex(envelope));
        Assert.Equal(vector.Text("json"), Codec.ToJson(envelope));
    }
}
