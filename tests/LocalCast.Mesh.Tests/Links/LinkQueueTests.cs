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

    [Fact]
    public void TryTake_OneParticipantHasMuch_OthersTakeTurnsWithItAndKeepTheirOrder()
    {
        foreach (string item in (string[])["a1", "a2", "a3", "a4"])
        {
            _queue.Add(item, 10, LinkTraffic.Call, "a");
        }

        _queue.Add("b1", 10, LinkTraffic.Call, "b");
        _queue.Add("c1", 10, LinkTraffic.Topic, "c");
        _queue.Add("b2", 10, LinkTraffic.Call, "b");

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3", "a4"], TakeAll());
    }

    [Fact]
    public void TryTake_InParts_OthersPassBetweenThem()
    {
        _queue.Add("big", 900, LinkTraffic.Call, "a", parts: 4);
        _queue.Add("small1", 10, LinkTraffic.Call, "b");
        _queue.Add("small2", 10, LinkTraffic.Call, "b");
        List<string> taken = [];
        while (_queue.TryTake(out QueuedPart<string> part))
        {
            taken.Add($"{part.Item} {part.Number}.{part.Part}{(part.IsLast ? "!" : "")}");
            if (taken.Count == 4)
            {
                _queue.Add("ping", 1, LinkTraffic.Control);
            }
        }

        Assert.Equal(["big 1.0", "small1 0.0!", "big 1.1", "small2 0.0!", "ping 0.0!", "big 1.2", "big 1.3!"], taken);
        Assert.Equal(0, _queue.Bytes);
    }

    [Fact]
    public void TryTake_ControlInParts_HoldsUpNoOtherControlAndNoCall()
    {
        _queue.Add("big result", 600, LinkTraffic.Control, "x", parts: 3);
        _queue.Add("call", 10, LinkTraffic.Call, "x");
        _queue.Add("result", 10, LinkTraffic.Control, "x");

        Assert.Equal(["result", "big result", "call", "big result", "big result"], TakeAll());
    }

    [Fact]
    public void TryTake_ManyInParts_OnlySomeAreUnderWayAtATime()
    {
        for (int i = 0; i < 8; i++)
        {
            _queue.Add($"{i}", 100, LinkTraffic.Call, $"{i}", parts: 2);
        }

        Assert.Equal(["0", "1", "2", "3", "0", "4", "1", "5", "2", "6", "3", "7", "4", "5", "6", "7"], TakeAll());
    }

    [Fact]
    public void Add_TopicInPartsThatIsBegun_IsNotDropped()
    {
        _queue.Add("begun", 400, LinkTraffic.Topic, "a", parts: 2);
        _queue.Add("waits", 400, LinkTraffic.Topic, "a");
        Assert.True(_queue.TryTake(out _));

        _queue.Add("new", 700, LinkTraffic.Topic, "b");

        Assert.Equal(["begun", "new"], TakeAll());
        Assert.Equal(1, _queue.DroppedTopics);
    }

    [Fact]
    public void Bytes_WhateverPasses_ReturnToNothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(2) == 0)
            {
                _queue.Add($"{i}", random.Next(1, 300), (LinkTraffic)random.Next(3), $"{random.Next(5)}", random.Next(1, 4));
            }
            else
            {
                _queue.TryTake(out _);
            }

            Assert.InRange(_queue.Bytes, 0, 1250);
        }

        TakeAll();
        Assert.Equal(0, _queue.Bytes);
        Assert.Equal(LinkQueueResult.Queued, _queue.Add("last", 1, LinkTraffic.Topic));
        Assert.Equal(["last"], TakeAll());
    }

    private List<string> TakeAll()
    {
        List<string> all = [];
        while (_queue.TryTake(out QueuedPart<string> part))
        {
            all.Add(part.Item);
        }

        return all;
    }
}
