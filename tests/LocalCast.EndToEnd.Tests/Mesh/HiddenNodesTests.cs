using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary><c>up --disable-registry</c>: others do not find the nodes of that machine, which uses the mesh as any.</summary>
public sealed class HiddenNodesTests : MeshTest
{
    [Fact]
    public async Task DisableRegistry_OwnParticipantsUseTheMesh_OthersFindNobody()
    {
        await UpAsync("a");
        await UpAsync("b", new MeshAgentSetup { Options = ["--disable-registry"] }, "a");
        await JoinEchoAsync("a", "open");
        await JoinEchoAsync("b", "hidden");
        LocalNode outside = await JoinClientAsync("a", "outside");
        await WaitForMeshAsync("a", "b");

        CommandResult required = await RunAtAsync("b", "require", "--mesh", "hidden", "open", "--json");
        Assert.Equal(["hidden", "open"], required.Json().EnumerateArray().Select(node => node.GetProperty("name").GetString()));
        Assert.Contains("hidden@b: on this machine", (await RunAtAsync("b", "route", "hidden")).Output, StringComparison.Ordinal);
        Assert.Equal(["hidden", "open@a"], await FindAsync("b"));

        Assert.Equal(["open"], await FindAsync("a"));
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(outside, "hidden", "where"));
        Assert.Equal("b", await outside.CallAsync<string>("hidden@b", "where").AsTask().DefaultTimeout());
        (await RunAtAsync("a", "route", "hidden@b")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NodeNotFound), "the agent 'b' has no node 'hidden', or does not tell of it");
        Assert.Equal(0, (await RunAtAsync("a", "route", "localcast@b")).ExitCode);
    }

    /// <summary>Who does not tell what its participants subscribe to is not sent it; what is for every node reaches them. Messages between two agents keep their order, so the last one shows that the first did not come.</summary>
    [Fact]
    public async Task DisableRegistry_Publications_OnlyThoseForEveryNodeArrive()
    {
        await UpAsync("a");
        await UpAsync("b", new MeshAgentSetup { Options = ["--disable-registry"] }, "a");
        LocalNode hidden = await JoinEchoAsync("b", "hidden");
        LocalNode publisher = await JoinClientAsync("a", "publisher");
        LocalNode near = await JoinEchoAsync("a", "near");
        await WaitForMeshAsync("a", "b");
        await using NodeSubscription<string> ofHidden = await hidden.OpenSubscriptionAsync<string>("news").DefaultTimeout();

        Assert.Equal(LocalCastError.NoSubscriber, (await Assert.ThrowsAsync<LocalCastException>(async () => await publisher.PublishAsync("news", "one", PublishMode.One).DefaultTimeout())).Code);
        await publisher.PublishAsync("news", "all").DefaultTimeout();
        await publisher.PublishAsync("news", "every", PublishMode.Every).DefaultTimeout();
        Assert.Equal(("every", "publisher@a"), await NextAsync(ofHidden));

        await using NodeSubscription<string> ofNear = await near.OpenSubscriptionAsync<string>("back").DefaultTimeout();
        await WaitForSubscriberAsync(hidden, "back"); // what others tell, it knows
        Assert.Equal(("probe", "hidden@b"), await NextAsync(ofNear));
    }

    private static async Task<(string? What, string From)> NextAsync(NodeSubscription<string> subscription)
    {
        await using IAsyncEnumerator<TopicMessage<string>> messages = subscription.ReadAllAsync().GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync().AsTask().DefaultTimeout());
        return (messages.Current.Data, messages.Current.From);
    }

    private async Task<string[]> FindAsync(string agent)
    {
        JsonElement found = (await RunAtAsync(agent, "ping", "--mesh", "--json")).Json();
        return [.. found.EnumerateArray().Select(node => node.GetProperty("name").GetString()!)];
    }
}
