namespace LocalCast.Protocol.Tests;

public sealed class ChannelTests
{
    [Theory]
    [InlineData("dht", "b06531b17f9586226d526fff54527c8c")]
    [InlineData("dns", "b3bf60b851ebaeb2768b01a32e2ef32f")]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("温度", "c9bf0b889af97ed6328981992a0ff32e")]
    public void OfName_Name_IsTheMd5OfItsUtf8(string name, string md5) => Assert.Equal(md5, Channel.OfName(name).ToString());

    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(100_000)]
    public void OfName_LongName_IsTheSameFromTextAndBytes(int length) =>
        Assert.Equal(Channel.OfName(new byte[length]), Channel.OfName(new string('\0', length)));

    [Theory]
    [InlineData("b06531b17f9586226d526fff54527c8c")]
    [InlineData("B06531B17F9586226D526FFF54527C8C")]
    public void OfAddress_HexInEitherCase_IsTheChannelItself(string hex) => Assert.Equal(Channel.OfName("dht"), Channel.OfAddress(hex));

    [Theory]
    [InlineData("dht")]
    [InlineData("b06531b17f9586226d526fff54527c8")]
    [InlineData("b06531b17f9586226d526fff54527c8cc")]
    [InlineData("b06531b17f9586226d526fff54527c8g")]
    [InlineData(" 06531b17f9586226d526fff54527c8c")]
    public void OfAddress_AnythingElse_IsAName(string name)
    {
        Assert.False(Channel.TryParse(name, out Channel none));
        Assert.Equal(Channel.Common, none);
        Assert.Equal(Channel.OfName(name), Channel.OfAddress(name));
    }

    [Fact]
    public void Write_Channel_IsReadBack()
    {
        byte[] bytes = new byte[Channel.Size];
        var channel = Channel.OfName("dht");

        channel.Write(bytes);

        Assert.Equal("b06531b17f9586226d526fff54527c8c", Convert.ToHexStringLower(bytes));
        Assert.Equal(channel, Channel.Read(bytes));
        Assert.Equal($"{channel}", channel.ToString());
    }

    [Fact]
    public void Common_IsAllZeros()
    {
        Assert.True(Channel.Common.IsCommon);
        Assert.False(Channel.OfName("").IsCommon);
        Assert.Equal(new string('0', Channel.TextLength), Channel.Common.ToString());
    }
}
