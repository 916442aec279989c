namespace LocalCast.EndToEnd.Tests;

/// <summary>What the agents of a test stand on: one host, or networks of their own. The same tests run on both.</summary>
internal interface IGround : IAsyncDisposable
{
    /// <summary>Makes the place of an agent, with a line to each agent that it will dial. Those have places already; a place that is there stays as it is.</summary>
    Task<Place> PlaceAsync(string agent, IReadOnlyList<string> peers);
}

/// <summary>Where an agent is started.</summary>
/// <param name="Launcher">What goes before the command, such as the network namespace to enter.</param>
/// <param name="Options">Options of <c>up</c>, such as the address to listen at.</param>
internal sealed record Place(IReadOnlyList<string> Launcher, IReadOnlyList<string> Options);

/// <summary>All agents are neighbours on the loopback of this machine; nothing can be cut.</summary>
internal sealed class OneHost : IGround
{
    public Task<Place> PlaceAsync(string agent, IReadOnlyList<string> peers) => Task.FromResult(new Place([], []));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
