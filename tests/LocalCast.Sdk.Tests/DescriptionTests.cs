using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>What a node says of itself follows what it is, although most of it is kept ready.</summary>
public abstract class DescriptionTests(TestPlace place) : NodeTest(place)
{
    [Fact]
    public async Task Ping_AfterMethodsAndTopicsChanged_TellsTheNewOnes()
    {
        LocalNode asker = await JoinAsync("asker");
        LocalNode node = await JoinAsync("node", o => o.Requires("asker"));
        NodeDescription before = await DescribeAsync(asker);
        Assert.Equal(("node", "node", "Ready"), (before.Name, before.Role, before.State));
        Assert.Equal(["asker"], before.Requires!);
        Assert.Empty(before.Methods!);
        Assert.Empty(before.Topics!);
        Assert.InRange(before.UptimeMs!.Value, 0, 60_000);

        node.Handle("m", () => 1);
        NodeSubscription<int> subscription = await node.OpenSubscriptionAsync<int>("a.>").DefaultTimeout();
        NodeDescription after = await DescribeAsync(asker);
        Assert.Equal(["m"], after.Methods!);
        Assert.Equal(["a.>"], after.Topics!);

        await subscription.DisposeAsync().DefaultTimeout();
        Assert.Empty((await DescribeAsync(asker)).Topics!);
    }

    [Fact]
    public async Task Ping_DescriptionThatNoFrameCanHold_SaysSoAndTheNodeStays()
    {
        LocalNode asker = await JoinAsync("asker");
        LocalNode node = await JoinAsync("node", o => o.Describe = () => new string('x', 2_000_000));

        NodeDescription description = await DescribeAsync(asker);

        Assert.Contains("too many", description.Error);
        Assert.Null(description.Details);
        Assert.Equal(NodeState.Ready, node.State);
    }

    private static async Task<NodeDescription> DescribeAsync(LocalNode asker)
    {
        await foreach (FoundNode found in asker.PingAsync())
        {
            return found.Description;
        }

        throw new InvalidOperationException("nobody answered");
    }
}

public sealed class DescriptionTestsInMemory() : DescriptionTests(new TestPlace.Memory());

public sealed class DescriptionTestsOnAPipe() : DescriptionTests(new TestPlace.Pipe());
