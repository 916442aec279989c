using LocalCast.Supervision.Internal;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

public sealed class SupervisorLoopTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly SupervisorMachine _machine = new(new MachineOptions(), () => 0.5);
    private readonly List<Effect> _done = [];
    private readonly SupervisorLoop _loop;
    private Action<Effect> _execute;

    public SupervisorLoopTests()
    {
        _execute = _done.Add;
        _loop = new SupervisorLoop(_machine, effect => _execute(effect), _time, _log.CreateLogger(""));
        _loop.Start();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _loop.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Post_OneAfterTheOther_IsDoneInOrderWithItsEffects()
    {
        List<int> order = [];
        _loop.Post((_, _) => order.Add(1));
        _loop.Post((_, _) => order.Add(2));
        await LoadAsync();

        Assert.Equal([1, 2], order);
        Assert.Contains(_done, effect => effect is Effect.Launch { Node: "dns" });
    }

    [Fact]
    public async Task Turn_WhateverThrows_GoesOn()
    {
        _loop.TurnEnded += _ => throw new InvalidOperationException("of a listener");
        _execute = _ => throw new InvalidOperationException("of an effect");
        await LoadAsync();
        _loop.Post((_, _) => throw new InvalidOperationException("of an input"));

        Assert.Equal(7, await _loop.AskAsync((_, _) => 7).DefaultTimeout());
        Assert.Equal(3, _log.Defects.Select(entry => entry.Exception!.Message).Distinct().Count());
    }

    [Fact]
    public async Task AskAsync_AQuestionThatThrows_IsAnsweredWithIt()
    {
        Task<int> asked = _loop.AskAsync<int>((_, _) => throw new InvalidOperationException("no"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => asked.DefaultTimeout());
    }

    [Fact]
    public async Task AskAsync_AfterTheEnd_DoesNotWait()
    {
        await _loop.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _loop.AskAsync((_, _) => 1).DefaultTimeout());
    }

    [Fact]
    public async Task DisposeAsync_WhatWasSaidBefore_IsHeard()
    {
        bool isHeard = false;
        _loop.Post((_, _) => isHeard = true);

        await _loop.DisposeAsync();

        Assert.True(isHeard);
    }

    [Fact]
    public async Task Turn_SomethingIsDue_WakesUpByItself()
    {
        await LoadAsync();
        var failed = new TaskCompletionSource();
        _loop.TurnEnded += machine =>
        {
            if (machine.TryView("dns", out NodeView? view) && view.State == SupervisedState.Stopping)
            {
                failed.TrySetResult();
            }
        };

        _time.Advance(MachineManifests.Of("dns").Readiness.Timeout + TimeSpan.FromMilliseconds(1));

        await failed.Task.DefaultTimeout();
    }

    private Task LoadAsync() => _loop.AskAsync((machine, now) =>
    {
        machine.Load([MachineManifests.Of("dns")], new Dictionary<string, string>(), now);
        return true;
    }).DefaultTimeout();
}
