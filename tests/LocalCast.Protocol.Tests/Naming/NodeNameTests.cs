namespace LocalCast.Protocol.Tests;

public sealed class NodeNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("dht")]
    [InlineData("cli-4711")]
    [InlineData("Küche 温度 🚀")]
    [InlineData("a.b/c:d")]
    [InlineData("p2")]
    [InlineData("localcast2")]
    [InlineData("b06531b17f9586226d526fff54527c8")]
    public void IsValid_GoodName_IsTrue(string name)
    {
        Assert.True(NodeName.IsValid(name, out string? why));
        Assert.Null(why);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("localcast", "reserved")]
    [InlineData("p2p", "reserved")]
    [InlineData("p2p-link", "reserved")]
    [InlineData("dns@agent-b", "@")]
    [InlineData("b06531b17f9586226d526fff54527c8c", "channel")]
    [InlineData("B06531B17F9586226D526FFF54527C8C", "channel")]
    [InlineData("a\nb", "control")]
    [InlineData("a\0", "control")]
    [InlineData("\u007f", "control")]
    [InlineData("\u0085", "control")]
    public void IsValid_BadName_SaysWhy(string? name, string part)
    {
        Assert.False(NodeName.IsValid(name, out string? why));
        Assert.Contains(part, why, StringComparison.Ordinal);
    }

    [Fact]
    public void IsValid_HalfSurrogatePair_IsFalse() => Assert.False(NodeName.IsValid("a\uD83D", out _));

    [Fact]
    public void IsValid_LengthAtAndAboveTheLimit_IsTrueThenFalse()
    {
        Assert.True(NodeName.IsValid(new string('a', NodeName.MaxLength), out _));
        Assert.False(NodeName.IsValid(new string('a', NodeName.MaxLength + 1), out _));
    }
}
