using System.Text.RegularExpressions;

namespace LocalCast.Protocol.Tests;

/// <summary>docs/protocol.md says what the code does, so that it cannot rot.</summary>
public sealed partial class DocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol.md"));

    private static readonly string[] _examples = [.. ExampleLine().Matches(_document).Select(m => m.Groups[1].Value).Distinct()];

    public static TheoryData<string> Examples => [.. _examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Decoded_PassesBothCodecs(string json)
    {
        string canonical = Codec.ToJson(Codec.FromJson(json));

        Assert.Equal(canonical, Codec.ToJson(BinaryCodec.Decode(Codec.BinaryBytes(Codec.FromJson(json)))));
    }

    [Fact]
    public void Examples_Types_AreAllThoseOfAParticipant()
    {
        HashSet<string> shown = [.. _examples.Select(json => Codec.FromJson(json).Spelling)];

        for (MessageType type = MessageType.Hello; type <= MessageType.Extend; type++)
        {
            Assert.Contains(MessageTypes.NameOf(type), shown);
        }
    }

    [Fact]
    public void ErrorTable_IsTheCatalog() => Assert.Equal(
        ErrorCatalog.All.Select(e => $"{(int)e} {e} {ErrorCatalog.JsonRpcCodeOf(e)} {ErrorCatalog.ExitCodeOf(e)}"),
        ErrorRow().Matches(_document).Select(m => $"{m.Groups[1]} {m.Groups[2]} {m.Groups[3]} {m.Groups[4]}"));

    [Fact]
    public void TypeTable_IsTheEnum() => Assert.Equal(
        Enumerable.Range(1, (int)MessageTypes.Last).Select(n => $"{n} {MessageTypes.NameOf((MessageType)n)}"),
        TypeRow().Matches(_document).Select(m => $"{m.Groups[1]} {m.Groups[2]}"));

    [Fact]
    public void FlagTable_IsTheEnum() => Assert.Equal(
        Enum.GetValues<PacketFlags>().Where(f => ushort.IsPow2((ushort)f) && f != PacketFlags.Reserved).Select(f => $"{(ushort)f:x4} {f}"),
        FlagRow().Matches(_document).Select(m => $"{m.Groups[1]} {m.Groups[2]}"));

    [Fact]
    public void WorkedExample_Hex_IsTheFrame()
    {
        string hex = string.Concat(HexLine().Matches(_document).Select(m => Regex.Replace(m.Groups[1].Value, "\"[^\"]*\"|[^0-9a-f]", "")));

        Assert.Equal(hex, "00000036" + Codec.ToHex(Codec.FromJson("""{"type":"call","id":"1","to":"dns","data":{"method":"m","args":[]}}""")));
    }

    [GeneratedRegex("""^ {4}(\{"type".*\})$""", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \| (-\d+) \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \| [^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex TypeRow();

    [GeneratedRegex(@"^\| 0x(\w{4}) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex FlagRow();

    /// <summary>Bytes, then two spaces and the explanation.</summary>
    [GeneratedRegex(@"^ {4}((?:[0-9a-f]{2,} ?)+)(?:  .*)?$", RegexOptions.Multiline)]
    private static partial Regex HexLine();
}
