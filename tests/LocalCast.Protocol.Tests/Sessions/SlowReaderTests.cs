namespace LocalCast.Protocol.Tests;

public sealed class SlowReaderTests
{
    private readonly SlowReader _reader = new(tellAfter: At(5), dropAfter: At(30));

    [Fact]
    public void Judge_StaysBehind_IsSlowedToldOnceAndDropped()
    {
        Assert.Equal(SlowReaderAction.Slow, Behind(100));
        Assert.Equal(SlowReaderAction.Slow, Behind(104));
        Assert.Equal(SlowReaderAction.Tell, Behind(105));
        Assert.Equal(SlowReaderAction.Slow, Behind(106));
        Assert.Equal(SlowReaderAction.Slow, Behind(129));
        Assert.Equal(SlowReaderAction.Drop, Behind(130));
    }

    [Fact]
    public void Judge_KeepsUp_IsLeftAlone()
    {
        Assert.Equal(SlowReaderAction.None, _reader.Judge(At(100), isCongested: false, isFull: false));
        Assert.False(_reader.IsBehind);
    }

    [Fact]
    public void Judge_QueueFull_IsToldAtOnce()
    {
        Assert.Equal(SlowReaderAction.Tell, _reader.Judge(At(100), isCongested: true, isFull: true));
        Assert.Equal(SlowReaderAction.Slow, _reader.Judge(At(101), isCongested: true, isFull: true));
    }

    [Fact]
    public void Judge_CaughtUpInBetween_StartsOver()
    {
        Behind(100);
        Behind(105);
        Assert.True(_reader.IsBehind);
        _reader.Judge(At(120), isCongested: false, isFull: false);

        Assert.Equal(SlowReaderAction.Slow, Behind(131));
        Assert.Equal(SlowReaderAction.Tell, Behind(136));
    }

    [Fact]
    public void Judge_AllTheTimePassesAtOnce_IsToldBeforeItIsDropped()
    {
        Behind(100);

        Assert.Equal(SlowReaderAction.Tell, Behind(10_000));
        Assert.Equal(SlowReaderAction.Drop, Behind(10_001));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private SlowReaderAction Behind(int seconds) => _reader.Judge(At(seconds), isCongested: true, isFull: false);
}
