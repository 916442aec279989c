using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>What works on one machine works across agents.</summary>
public sealed class MeshCallTests : MeshTest
{
    [Fact]
    public async Task TwoAgents_CallPingRequirePublish_ReachTheOther()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        LocalNode dns = await JoinAsync("a", "dns", options =>
        {
            options.Handle("resolve", (string name) => name + " is 192.0.2.1");
            options.Handle("fail", string () => throw new InvalidOperationException("the zone is locked"));
        });
        LocalNode client = await JoinAsync("b", "client", options => options.IsClient = true);

        await client.RequireAsync(["dns"], TimeSpan.FromSeconds(20), Scope.Mesh).AsTask().DefaultTimeout();

        Assert.Equal("x is 192.0.2.1", await client.CallAsync<string>("dns", "resolve", ["x"]).AsTask().DefaultTimeout());
        Assert.Equal("x is 192.0.2.1", await client.CallAsync<string>("dns@a", "resolve", ["x"]).AsTask().DefaultTimeout());
        Assert.Equal(LocalCastError.HandlerFailed, await FailsAsync(client, "dns", "fail"));
        Assert.Equal(LocalCastError.MethodNotFound, await FailsAsync(client, "dns@a", "none"));
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "nobody@a", "none"));
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "nobody", "none"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "dns@nowhere", "none"));

        List<string> found = [];
        await foreach (FoundNode node in client.PingAsync(scope: Scope.Mesh))
        {
            found.Add(node.Name);
        }

        Assert.Equal(["dns@a"], found);

        await using NodeSubscription<int> subscription = await dns.OpenSubscriptionAsync<int>("sensors.*.temp").DefaultTimeout();
        await WaitUntilAsync(
            async () =>
            {
                try
                {
                    await client.PublishAsync("sensors.kitchen.temp", 21, PublishMode.One).DefaultTimeout();
                    return true;
                }
                catch (LocalCastException e) when (e.Code == LocalCastError.NoSubscriber)
                {
                    return false; // the agents tell each other within moments
                }
            },
            "the subscription is not known");
        await client.PublishAsync("sensors.kitchen.temp", 22).DefaultTimeout();
        await using IAsyncEnumerator<TopicMessage<int>> messages = subscription.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().DefaultTimeout());
        Assert.Equal((21, "client@b"), (messages.Current.Data, messages.Current.From));
        Assert.True(await messages.MoveNextAsync().AsTask().DefaultTimeout());
        Assert.Equal(22, messages.Current.Data);
    }
}
