using System.Net;
using System.Net.Sockets;

namespace LocalCast.Protocol.Tests.Sessions;

public sealed class RemoteSourceTests
{
    [Theory]
    [InlineData("10.0.0.7:4711", "10.0.0.7")]
    [InlineData("10.0.0.7", "10.0.0.7")]
    [InlineData("[::ffff:10.0.0.7]:4711", "10.0.0.7")] // a socket that listens for both families
    [InlineData("[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::/64")]
    [InlineData("[2001:db8:1:2:ffff::1]:1", "2001:db8:1:2::/64")]
    [InlineData("[2001:db8:1:3::1]:1", "2001:db8:1:3::/64")]
    [InlineData("ws://kitchen:46356", "ws://kitchen:46356")]
    public void Of_AnAddressOfTheNetwork_IsThatParty(string address, string expected) =>
        Assert.Equal(new RemoteSource(expected, IsThisMachine: false), RemoteSource.Of(address));

    [Theory]
    [InlineData("127.0.0.1:4711", "127.0.0.1")]
    [InlineData("127.9.0.1:4711", "127.9.0.1")]
    [InlineData("[::1]:4711", "::1")]
    [InlineData("[::ffff:127.0.0.1]:4711", "127.0.0.1")]
    public void Of_TheLoopback_IsThisMachine(string address, string expected) =>
        Assert.Equal(new RemoteSource(expected, IsThisMachine: true), RemoteSource.Of(address));

    [Fact]
    public void Of_EndPoint_IsAsItsAddress()
    {
        Assert.Equal(RemoteSource.Of("10.0.0.7"), RemoteSource.Of(new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.7"), 1)));
        Assert.True(RemoteSource.Of(new UnixDomainSocketEndPoint("/tmp/x")).IsThisMachine);
        Assert.True(RemoteSource.Of((EndPoint?)null).IsThisMachine);
    }
}
