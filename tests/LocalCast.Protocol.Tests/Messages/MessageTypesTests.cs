using System.Text;

namespace LocalCast.Protocol.Tests;

public sealed class MessageTypesTests
{
    /// <summary>The numbers of the binary packet, from 1. A line that has to change is a break of the protocol.</summary>
    private static readonly string[] _names =
    [
        "hello", "hello_ack", "goodbye", "ping_request", "ping_response", "ping", "pong", "call", "result", "require", "required", "subscribe",
        "unsubscribe", "publish", "ack", "shutdown", "extend", "addr_request", "addr_list", "addr_announce", "state_seq", "state_request", "state", "cancel",
    ];

    [Fact]
    public void Types_NumbersAndSpellings_AreTheTable()
    {
        Assert.Equal(_names, Enumerable.Range(1, (int)MessageTypes.Last).Select(n => MessageTypes.NameOf((MessageType)n)));
        Assert.All(_names, name => Assert.Equal(Array.IndexOf(_names, name) + 1, (int)MessageTypes.Find(name)));
        Assert.All(_names, name => Assert.True(MessageTypes.HasNumber(Encoding.UTF8.GetBytes(name))));
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("Call")]
    [InlineData("call ")]
    [InlineData("")]
    public void Find_AnyOtherSpelling_IsOther(string name)
    {
        Assert.Equal(MessageType.Other, MessageTypes.Find(name));
        Assert.False(MessageTypes.HasNumber(Encoding.UTF8.GetBytes(name)));
    }

    [Fact]
    public void IsKnown_AllBytes_AreTheTableAnd255()
    {
        IEnumerable<int> known = Enumerable.Range(0, 256).Where(n => MessageTypes.IsKnown((MessageType)n));

        Assert.Equal([.. Enumerable.Range(1, _names.Length), 255], known);
    }
}
