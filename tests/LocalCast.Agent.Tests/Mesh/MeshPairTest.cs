using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>A test of two machines' participants, through both hubs, both bridges and both machines of the mesh.</summary>
public abstract class MeshPairTest : IAsyncLifetime
{
    private readonly List<RawParticipant> _participants = [];

    private protected MeshPair Pair { get; init; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (RawParticipant participant in _participants)
        {
            await participant.DisposeAsync();
        }

        await Pair.DisposeAsync();
    }

    private protected static Task CallAsync(RawParticipant caller, string to, string id, string more = "") =>
        caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"{{{to}}}","data":{"method":"m","args":5}{{{more}}}}""");

    /// <summary>Waits for something that happens without time passing.</summary>
    private protected static async Task UntilAsync(Func<bool> condition)
    {
        for (int attempt = 0; attempt < 10_000 && !condition(); attempt++)
        {
            await Task.Delay(1);
        }

        Assert.True(condition(), "it did not happen");
    }

    /// <summary>Ends a participant, and waits until the hub knows: who came back before would wait for a probe, and no time passes here.</summary>
    private protected async Task LeaveAsync(MeshPair.Side side, RawParticipant participant, string name)
    {
        _participants.Remove(participant);
        await participant.DisposeAsync();
        await UntilAsync(() => side.Hub.Broadcaster.Participants.All(other => other.Name != name));
    }

    private protected async Task<RawParticipant> JoinAsync(MeshPair.Side side, string name, bool isJson = true, string more = "")
    {
        RawParticipant participant = await side.Hub.JoinAsync(name, isJson, more);
        _participants.Add(participant);
        return participant;
    }
}
