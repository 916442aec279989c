using System.Text.Json;

namespace LocalCast.Protocol.Tests;

public sealed class AcceptedTests
{
    private static readonly JsonElement[] _vectors = VectorFile.Read("accepted");

    public static TheoryData<string> Names => VectorFile.Names(_vectors);

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_Unusual_IsReadAsItsCanonicalForm(string name)
    {
        JsonElement vector = VectorFile.Find(_vectors, name);

        Assert.Equal(vector.Text("canonical"), Codec.ToJson(Codec.FromJson(vector.Text("json"))));
    }
}
