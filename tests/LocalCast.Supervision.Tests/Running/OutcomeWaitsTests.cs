using LocalCast.Protocol;
using LocalCast.Supervision.Internal;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

public sealed class OutcomeWaitsTests
{
    private readonly OutcomeWaits _waits = new();

    [Fact]
    public async Task WaitAsync_ItIsSoAlready_EndsAtOnce()
    {
        var settled = new Settled(null);

        Assert.Same(settled, await _waits.WaitAsync(() => settled, CancellationToken.None).DefaultTimeout());
    }

    [Fact]
    public async Task WaitAsync_ItComesToBeSo_EndsAtTheReview()
    {
        Settled? outcome = null;
        Task<Settled> wait = _waits.WaitAsync(() => outcome, CancellationToken.None);
        _waits.Review();
        Assert.False(wait.IsCompleted);

        outcome = new Settled(new ErrorInfo(LocalCastError.NodeNotReady, "no"));
        _waits.Review();

        Assert.Same(outcome, await wait.DefaultTimeout());
    }

    [Fact]
    public async Task WaitAsync_GivenUp_IsForgotten()
    {
        int looks = 0;
        using var patience = new CancellationTokenSource();
        Task<Settled> wait = _waits.WaitAsync(
            () =>
            {
                looks++;
                return null;
            },
            patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.DefaultTimeout());

        int before = looks;
        _waits.Review();

        Assert.Equal(before, looks);
    }

    [Fact]
    public async Task WaitAsync_TooMany_AreTurnedAway()
    {
        using var patience = new CancellationTokenSource();
        Task<Settled>[] waits = [.. Enumerable.Range(0, 1024).Select(_ => _waits.WaitAsync(() => null, patience.Token))];

        Settled one = await _waits.WaitAsync(() => null, CancellationToken.None).DefaultTimeout();

        Assert.Equal(LocalCastError.Busy, one.Error!.Code);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waits).DefaultTimeout());
    }
}
