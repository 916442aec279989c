using LocalCast.Supervision.Internal;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

/// <summary>What a process leaves behind when it ends.</summary>
public sealed class LeftoversTests : IAsyncDisposable
{
    /// <summary>A daemon as it is in the book: a session of its own, and a parent that is gone.</summary>
    private const string Daemon = "(setsid sh -c 'echo $$; exec sleep 1000' >&1 2>/dev/null &)";

    private readonly RunnerFixture _fixture = new();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Exited_AfterADaemonWasStarted_IsToldWhenItIsGone()
    {
        RecordingListener heard = await _fixture.RunAsync(Marked(_fixture.Shell($"{Daemon}; sleep 0.1"), "one"));

        await Processes.GoneAsync(Assert.Single(heard.Output)).DefaultTimeout();
    }

    [Fact]
    public async Task Exited_LeavesTheDaemonsOfOthers()
    {
        RecordingListener other = _fixture.Start(Marked(_fixture.Shell($"{Daemon}; exec sleep 1000"), "other"));
        await Until.TrueAsync(() => other.Output.Any()).DefaultTimeout();
        string daemon = other.Output.First();

        await _fixture.RunAsync(Marked(_fixture.Shell("true"), "one"));

        Assert.True(Processes.IsRunning(daemon));
        (await other.LaunchedTask).Kill();
        await other.ExitedTask.DefaultTimeout();
        await Processes.GoneAsync(daemon).DefaultTimeout();
    }

    [Fact]
    public async Task Exited_OfManyAtOnce_IsToldForEach()
    {
        RecordingListener[] all = [.. Enumerable.Range(0, 50).Select(number => _fixture.Start(Marked(_fixture.Shell("sleep 1000 & echo $!"), $"many-{number}")))];

        foreach (RecordingListener heard in all)
        {
            await heard.ExitedTask.DefaultTimeout();
            await Processes.GoneAsync(Assert.Single(heard.Output)).DefaultTimeout();
        }
    }

    [Fact]
    public void Ended_TwoWithOneNumber_AreNoDefect()
    {
        // An adopted one is reaped by somebody else, and its number given to a launch that ends in the same moment.
        var ended = new Leftovers.Ended(new ProcessRoot(int.MaxValue, 1), null);

        Leftovers.Kill([], [ended, ended], []);
    }

    private static LaunchSpec Marked(LaunchSpec spec, string mark) =>
        spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["LOCALCAST_INSTANCE"] = $"{Environment.ProcessId}-{mark}" } };
}
