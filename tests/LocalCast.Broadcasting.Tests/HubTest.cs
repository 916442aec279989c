using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>A test of a broadcaster in memory. Whatever the test did: once all have left, the broadcaster remembers nobody, and logged no defect.</summary>
public abstract class HubTest : IAsyncLifetime
{
    private static readonly HubCensus _nobody = new(0, 0, 0, 0, HasSubscriptions: false, 0, 0);

    private readonly List<RawParticipant> _participants = [];

    private protected TestAgent Agent { get; private set; } = null!;

    /// <summary>Who looks after the nodes; nobody by default.</summary>
    private protected virtual INodeKeeper? Keeper => null;

    private protected FakeTimeProvider Time => Agent.Time;

    public Task InitializeAsync()
    {
        Agent = TestAgent.Start(Configure, keeper: Keeper);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (RawParticipant participant in _participants)
        {
            await participant.DisposeAsync().DefaultTimeout();
        }

        await UntilAsync(() => Agent.Broadcaster.Census == _nobody, () => $"{Agent.Broadcaster.Census}");
        await Agent.DisposeAsync().DefaultTimeout();
    }

    private protected virtual void Configure(BroadcasterOptions options)
    {
        // The defaults.
    }

    private protected Task<RawParticipant> JoinAsync(string name, string more = "") => JoinAsync(name, isJson: true, more);

    private protected async Task<RawParticipant> JoinAsync(string name, bool isJson, string more = "") => Keep(await Agent.JoinAsync(name, isJson, more));

    private protected async Task<RawParticipant> ConnectAsync(bool isJson = true) => Keep(await Agent.ConnectAsync(isJson));

    private protected RawParticipant Keep(RawParticipant participant)
    {
        _participants.Add(participant);
        return participant;
    }

    /// <summary>A participant leaves: its connection ends.</summary>
    private protected async Task LeaveAsync(RawParticipant participant)
    {
        _participants.Remove(participant);
        await participant.DisposeAsync().DefaultTimeout();
    }

    /// <summary>Two who call each other while somebody else misbehaves.</summary>
    private protected async Task<Func<Task>> BystandersAsync()
    {
        RawParticipant caller = await JoinAsync("bystander-caller", isJson: false);
        RawParticipant callee = await JoinAsync("bystander-callee");
        return async () =>
        {
            await caller.SendAsync("""{"type":"call","id":"77","to":"bystander-callee","data":{"method":"m","args":[1]}}""");
            await ReplyAsync(callee, await callee.ExpectAsync(MessageType.Call), "2");
            Assert.Equal("2", (await caller.ExpectAsync(MessageType.Result)).PayloadText());
        };
    }

    private protected static Task ReplyAsync(RawParticipant callee, Envelope call, string json) =>
        callee.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":{{{json}}}}}""");

    /// <summary>Waits for something that happens without time passing.</summary>
    private protected static async Task UntilAsync(Func<bool> condition, Func<string>? state = null)
    {
        for (int attempt = 0; attempt < 10_000 && !condition(); attempt++)
        {
            await Task.Delay(1);
        }

        Assert.True(condition(), state?.Invoke() ?? "it did not happen");
    }
}
