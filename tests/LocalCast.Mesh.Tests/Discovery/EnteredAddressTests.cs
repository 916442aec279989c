namespace LocalCast.Mesh.Tests.Discovery;

public sealed class EnteredAddressTests
{
    [Theory]
    [InlineData("ws://kitchen:46356")]
    [InlineData("WS://Kitchen:46356/")]
    [InlineData("http://10.0.0.1:46356/")]
    [InlineData("wss://kitchen")]
    [InlineData("ws://[fd00::1]")]
    [InlineData("ws://[::1]:5")]
    public void WhatIsWrong_Address_IsNothing(string text) => Assert.Null(EnteredAddress.WhatIsWrong(text));

    [Theory]
    [InlineData("ws://127.0.0.1:99999", "its port has to be a number from 1 to 65535, not '99999'")]
    [InlineData("ws://127.0.0.1:0", "its port has to be a number from 1 to 65535, not '0'")]
    [InlineData("ws://[::1]:x", "its port has to be a number from 1 to 65535, not 'x'")]
    [InlineData("ws://kitchen:", "its port has to be a number from 1 to 65535, not ''")]
    [InlineData("127.0.0.1:46356", "ws:// is missing at its beginning")]
    [InlineData("ftp://kitchen:46356", "agents are dialled by ws:// or wss://, not by ftp://")]
    [InlineData("ws://kitchen:46356/foo?x", "an address ends with its port, '/foo?x' does not belong to it")]
    [InlineData("ws://me@kitchen:46356", "an address has no user and no password")]
    [InlineData("ws://:46356", "':46356' is no host")]
    [InlineData("ws://a b:46356", "'a b:46356' is no host")]
    public void WhatIsWrong_NoAddress_SaysWhat(string text, string why) => Assert.Equal(why, EnteredAddress.WhatIsWrong(text));

    [Fact]
    public void WhatIsWrong_TooLong_SaysSo() => Assert.Contains("256", EnteredAddress.WhatIsWrong($"ws://{new string('a', 300)}:1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("kitchen", "kitchen")]
    [InlineData("ws://Kitchen", "ws://Kitchen", "ws://kitchen:80")]
    [InlineData("Kitchen:46356", "Kitchen:46356", "ws://kitchen:46356", "wss://kitchen:46356")]
    [InlineData("127.0.0.1:443", "127.0.0.1:443", "ws://127.0.0.1:443", "wss://127.0.0.1:443")]
    public void Spellings_AsPeopleWrite_AreWhatTheBookHas(string text, params string[] spellings) => Assert.Equal(spellings, EnteredAddress.Spellings(text));
}
