namespace LocalCast.Protocol.Tests;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    [Fact]
    public void Next_Repeated_DoublesUpToTheMost() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => _backoff.Next(0).TotalSeconds));

    [Fact]
    public void Next_FullJitter_IsAFifthShorterAndDoesNotAddUp() =>
        Assert.Equal([0.8, 1.6, 3.2], Enumerable.Range(0, 3).Select(_ => _backoff.Next(1).TotalSeconds));

    [Fact]
    public void Next_ThousandTimes_StaysAtTheMost()
    {
        for (int i = 0; i < 1000; i++)
        {
            _backoff.Next(0.5);
        }

        Assert.Equal(60, _backoff.Next(0).TotalSeconds);
    }

    [Fact]
    public void Reset_AfterSuccess_StartsOver()
    {
        _backoff.Next(0);
        _backoff.Next(0);

        _backoff.Reset();

        Assert.Equal(1, _backoff.Next(0).TotalSeconds);
    }
}
