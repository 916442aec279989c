namespace LocalCast.Mesh.Tests.Links;

public sealed class LinkQueueTests
{
    private readonly LinkQueue<string> _queue = new(1000);

    [Fact]
    public void Add_ThreeQuartersTaken_IsCongested()
    {
        Assert.Equal(LinkQueueResult.Queued, _queue.Add("a", 700, LinkTraffic.Call));
        Assert.Equal(LinkQueueResult.Congested, _queue.Add("b", 50, LinkTraffic.Call));
    }

    [Fact]
    public void Add_CallWithoutRoom_IsRefusedAndNothingIsLost()
    {
        _queue.Add("topic", 600, LinkTraffic.Topic);
        _queue.Add("call", 400, LinkTraffic.Call);

        Assert.Equal(LinkQueueResult.Full, _queue.Add("another", 1, LinkTraffic.Call));
        Assert.Equal(["topic", "call"], TakeAll());
    }

    [Fact]
    public void Add_TopicWithoutRoom_DropsTheOldestTopicsAndCountsThem()
    {
        _queue.Add("t1", 400, LinkTraffic.Topic);
        _queue.Add("call", 200, LinkTraffic.Call);
        _queue.Add("t2", 400, LinkTraffic.Topic);

        Assert.Equal(LinkQueueResult.Congested, _queue.Add("t3", 400, LinkTraffic.Topic));
        Assert.Equal(1, _queue.DroppedTopics);
        Assert.Equal(["call", "t2", "t3"], TakeAll());
        Assert.Equal(0, _queue.Bytes);
    }

    [Fact]
    public void Add_TopicLargerThanTheQueue_DropsNoOther()
    {
        _queue.Add("t1", 400, LinkTraffic.Topic);

        Assert.Equal(LinkQueueResult.Full, _queue.Add("huge", 1001, LinkTraffic.Topic));
        Assert.Equal(["t1"], TakeAll());
    }

    [Fact]
    public void Add_ControlInAFullQueue_UsesTheReserveAndThenOverruns()
    {
        _queue.Add("call", 1000, LinkTraffic.Call);

        Assert.Equal(LinkQueueResult.Congested, _queue.Add("result", 250, LinkTraffic.Control));
        Assert.Equal(LinkQueueResult.Overrun, _queue.Add("result", 1, LinkTraffic.Control));
    }

    [Fact]
    public void TryTake_ControlOvertakesTheRest()
    {
        _queue.Add("topic", 1, LinkTraffic.Topic);
        _queue.Add("call", 1, LinkTraffic.Call);
        _queue.Add("ping", 1, LinkTraffic.Control);

        Assert.Equal(["ping", "topic", "call"], TakeAll());
    }

    private List<string> TakeAll()
    {
        List<string> all = [];
        while (_queue.TryTake(out string? item))
        {
            all.Add(item);
        }

        return all;
    }
}
