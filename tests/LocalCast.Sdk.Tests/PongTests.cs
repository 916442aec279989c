using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>What a node says of itself when it is asked: it may say anything.</summary>
public sealed class PongTests : ScriptedAgentTest
{
    [Fact]
    public async Task Ping_TheNodeClaimsANameAndAnAgent_HasNeither()
    {
        LocalNode asker = await JoinAsync("asker");
        Task<FoundNode> asking = asker.PingAsync("dns@kitchen").AsTask();
        Envelope ping = await Agent.ExpectAsync(MessageType.Ping);
        await Agent.SendAsync($$$"""{"type":"ack","reply_to":"{{{ping.Id}}}","data":{"asked":1}}""");

        await Agent.SendAsync($$$"""{"type":"pong","from":"dns@kitchen","reply_to":"{{{ping.Id}}}","data":{"name":"bank","version":"1.2","agent":"a lie"}}""");

        FoundNode found = await asking.DefaultTimeout();
        Assert.Equal(("dns@kitchen", "dns@kitchen", null, "1.2"), (found.Name, found.Description.Name, found.Description.Agent, found.Description.Version));
    }
}
