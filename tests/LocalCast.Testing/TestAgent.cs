using LocalCast.Broadcasting;
using LocalCast.Transports;

namespace LocalCast.Testing;

/// <summary>An agent's broadcaster in memory. Its time stands still unless the test moves it or gives it another clock.</summary>
public sealed class TestAgent : IAsyncDisposable
{
    private TestAgent(BroadcasterOptions options, TimeProvider? time, INodeKeeper? keeper)
    {
        Options = options;
        Time = time as FakeTimeProvider ?? new FakeTimeProvider();
        Broadcaster = new Broadcaster(options, time ?? Time, Log, keeper);
        Broadcaster.Listen(Transport);
    }

    public BroadcasterOptions Options { get; }

    /// <summary>The agent's clock, unless it was given another.</summary>
    public FakeTimeProvider Time { get; }

    public LogCollector Log { get; } = new();

    public MemoryTransport Transport { get; } = new();

    public Broadcaster Broadcaster { get; }

    public static TestAgent Start(Action<BroadcasterOptions>? configure = null, TimeProvider? time = null, INodeKeeper? keeper = null)
    {
        var options = new BroadcasterOptions { AgentName = "test-agent", AgentVersion = "1.2.3" };
        configure?.Invoke(options);
        return new TestAgent(options, time, keeper);
    }

    /// <summary>Connects without a hello.</summary>
    public async Task<JsonParticipant> ConnectJsonAsync() => new(await Transport.ConnectAsync(default));

    /// <summary>Connects without a hello.</summary>
    public async Task<BinaryParticipant> ConnectBinaryAsync() => new(await Transport.ConnectAsync(default));

    public async Task<RawParticipant> ConnectAsync(bool isJson) => isJson ? await ConnectJsonAsync() : await ConnectBinaryAsync();

    /// <summary>Joins as a participant that speaks JSON.</summary>
    public Task<RawParticipant> JoinAsync(string name, string more = "") => JoinAsync(name, isJson: true, more);

    /// <summary>Joins.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isJson">What it speaks.</param>
    /// <param name="more">Further fields of <c>hello.data</c>, such as <c>"role":"client"</c>.</param>
    public async Task<RawParticipant> JoinAsync(string name, bool isJson, string more = "")
    {
        RawParticipant participant = await ConnectAsync(isJson);
        await participant.JoinAsync(name, more);
        return participant;
    }

    /// <summary>Moves time on in small steps until something has happened.</summary>
    public async Task AdvanceUntilAsync(Task happened, TimeSpan? step = null)
    {
        for (int steps = 0; steps < 10_000 && !happened.IsCompleted; steps++)
        {
            Time.Advance(step ?? TimeSpan.FromMilliseconds(25));
            await Task.WhenAny(happened, Task.Delay(1));
        }

        await happened.DefaultTimeout();
    }

    public async ValueTask DisposeAsync()
    {
        // Its last words have a time-out of their own, so the clock goes on.
        await AdvanceUntilAsync(Broadcaster.StopAsync("the test is over"));
        Assert.Empty(Log.Defects);
    }
}
