using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Protocol.Tests;

public sealed class CallTableTests
{
    [Fact]
    public void TryAdd_Full_SaysNoUntilACallEnds()
    {
        var table = new CallTable<string>(2);
        uint first = Add(table, "a", 1);
        Add(table, "b", 1);

        Assert.False(table.TryAdd("c", At(1), out uint refused));
        Assert.Equal(0u, refused);
        Assert.True(table.TryTake(first, out _));
        Assert.True(table.TryAdd("c", At(1), out _));
        Assert.Equal(2, table.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65537)]
    public void Constructor_CapacityThatCannotBe_Throws(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CallTable<string>(capacity));

    [Fact]
    public void TryAdd_LargestCapacity_GivesDistinctSequences()
    {
        var table = new CallTable<int>(CallTable<int>.MaxCapacity);

        HashSet<uint> sequences = [.. Enumerable.Range(0, CallTable<int>.MaxCapacity).Select(i => Add(table, i, 1))];

        Assert.Equal(CallTable<int>.MaxCapacity, sequences.Count);
        Assert.DoesNotContain(0u, sequences);
        Assert.False(table.TryAdd(0, At(1), out _));
    }

    [Fact]
    public void TryTake_Twice_AnswersOnce()
    {
        var table = new CallTable<string>(4);
        uint sequence = Add(table, "a", 1);

        Assert.True(table.TryPeek(sequence, out string? peeked));
        Assert.True(table.TryTake(sequence, out string? taken));
        Assert.Equal(("a", "a"), (peeked, taken));
        Assert.False(table.TryTake(sequence, out _));
        Assert.False(table.TryPeek(sequence, out _));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(0xFFFFu)]
    [InlineData(0x0002_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void TryTake_NeverGivenOut_FindsNothing(uint forged)
    {
        var table = new CallTable<string>(4);
        Assert.NotEqual(forged, Add(table, "a", 1));

        Assert.False(table.TryTake(forged, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void TryTake_LateAnswerToAReusedSlot_FindsNothing()
    {
        var table = new CallTable<string>(1);
        uint late = Add(table, "a", 1);
        table.TakeExpired(At(1), []);
        uint current = Add(table, "b", 2);

        Assert.Equal(late & 0xFFFF, current & 0xFFFF);
        Assert.False(table.TryTake(late, out _));
        Assert.True(table.TryTake(current, out _));
    }

    [Fact]
    public void TryAdd_OneSlotThroughAllGenerations_RepeatsOnlyAfter65535AndIsNeverZero()
    {
        var table = new CallTable<string>(1);
        HashSet<uint> seen = [];
        for (int i = 0; i < ushort.MaxValue; i++)
        {
            uint sequence = Add(table, "a", 1);
            Assert.True(sequence != 0 && seen.Add(sequence));
            Assert.True(table.TryTake(sequence, out _));
        }

        Assert.Contains(Add(table, "a", 1), seen);
    }

    [Fact]
    public void TakeExpired_SomeDue_TakesThoseAndKnowsTheNextDeadline()
    {
        var table = new CallTable<string>(8);
        uint a = Add(table, "a", 10);
        Add(table, "b", 30);
        uint c = Add(table, "c", 20);
        List<(uint, string)> expired = [];

        table.TakeExpired(At(9), expired);
        Assert.Empty(expired);
        Assert.Equal(At(10), table.NextDeadline);

        table.TakeExpired(At(20), expired);
        Assert.Equal([(a, "a"), (c, "c")], expired);
        Assert.Equal(At(30), table.NextDeadline);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void TakeAll_CallsInFlight_EmptiesTheTable()
    {
        var table = new CallTable<string>(8);
        uint a = Add(table, "a", 10);
        uint b = Add(table, "b", 20);
        List<(uint, string)> taken = [];

        table.TakeAll(taken);

        Assert.Equal([(a, "a"), (b, "b")], taken);
        Assert.Equal(0, table.Count);
        Assert.Equal(TimeSpan.MaxValue, table.NextDeadline);
        Assert.False(table.TryTake(a, out _));
    }

    [Fact]
    public void TakeWhere_SomeCalls_LeavesTheOthersAndTheirDeadline()
    {
        var table = new CallTable<string>(8);
        uint a = Add(table, "a", 10);
        Add(table, "b", 20);
        List<(uint, string)> taken = [];

        table.TakeWhere(call => call == "a", taken);

        Assert.Equal([(a, "a")], taken);
        Assert.Equal(At(20), table.NextDeadline);
    }

    [Fact]
    public void NextDeadline_LastCallAnswered_IsNever()
    {
        var table = new CallTable<string>(8);
        Assert.Equal(TimeSpan.MaxValue, table.NextDeadline);

        Assert.True(table.TryTake(Add(table, "a", 10), out _));

        Assert.Equal(TimeSpan.MaxValue, table.NextDeadline);
    }

    /// <summary>Steps: below 50 add, below 80 take some call, else let time pass. The model is a dictionary.</summary>
    [Fact]
    public void AnySteps_ComparedWithADictionary_HoldTheSameCalls() => Prop.ForAll(Gen.Choose(0, 99).ListOf().ToArbitrary(), steps =>
    {
        var table = new CallTable<int>(5);
        Dictionary<uint, (int Call, TimeSpan Deadline)> model = [];
        int now = 0;
        foreach (int step in steps)
        {
            if (step < 50)
            {
                bool added = table.TryAdd(step, At(now + step), out uint sequence);
                Assert.Equal(model.Count < 5, added);
                Assert.True(!added || model.TryAdd(sequence, (step, At(now + step))));
            }
            else if (step < 80 && model.Count > 0)
            {
                uint sequence = model.Keys.ElementAt(step % model.Count);
                Assert.True(table.TryTake(sequence, out int call) && call == model[sequence].Call && model.Remove(sequence));
            }
            else
            {
                now += step - 50;
                List<(uint Sequence, int Call)> expired = [];
                table.TakeExpired(At(now), expired);
                Assert.Equal(model.Where(m => m.Value.Deadline <= At(now)).Select(m => m.Key).Order(), expired.Select(e => e.Sequence).Order());
                expired.ForEach(e => model.Remove(e.Sequence));
            }

            Assert.Equal(model.Count, table.Count);
            Assert.True(table.NextDeadline <= model.Values.Select(m => m.Deadline).DefaultIfEmpty(TimeSpan.MaxValue).Min());
        }
    }).Check(PropertyConfig.Tests(500));

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private static uint Add<T>(CallTable<T> table, T call, int deadline)
    {
        Assert.True(table.TryAdd(call, At(deadline), out uint sequence));
        return sequence;
    }
}
