using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>A call allocates what its user gets and nothing else, counted over caller, agent and callee together.</summary>
[Collection(Alone.Name)]
public abstract class AllocationTests(TestPlace place) : NodeTest(place)
{
    private const int Calls = 20_000;
    private const int Size = 64;

    /// <summary>The result array, and a little for what is amortized: buffers that grow, the pool's own queues.</summary>
#if DEBUG
    private const int Bound = Size + 24 + 64 + 256; // the compiler makes the state of an async method an object here, also when the method never waits
#else
    private const int Bound = Size + 24 + 64;
#endif

    [Fact]
    public async Task CallBytes_SteadyState_AllocatesItsResultOnly()
    {
        LocalNode caller = await JoinAsync("caller");
        LocalNode callee = await JoinAsync("callee");
        byte[] answer = new byte[Size];
        callee.HandleBytes("m", (_, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(answer));
        byte[] question = new byte[Size];
        await CallManyAsync(caller, question, Calls / 2);

        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await CallManyAsync(caller, question, Calls);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least / Calls <= Bound, $"{least / (double)Calls:0.0} bytes per call, at most {Bound} are allowed");
    }

    private static Task CallManyAsync(LocalNode caller, byte[] question, int count)
    {
        // Without the runner's synchronization context, which allocates for every await.
        return Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await caller.CallBytesAsync("callee", "m", question).ConfigureAwait(false);
            }
        }).DefaultTimeout();
    }
}

/// <summary>Tests that measure the process and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

public sealed class AllocationTestsInMemory() : AllocationTests(new TestPlace.Memory());

public sealed class AllocationTestsOnAPipe() : AllocationTests(new TestPlace.Pipe());
