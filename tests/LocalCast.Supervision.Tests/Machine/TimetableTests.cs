using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests;

public sealed class TimetableTests
{
    private readonly Timetable _table = new();

    [Fact]
    public void Set_OverAndOver_EachNodeComesOnceAndWhenItIsDueNow()
    {
        Node[] nodes = [.. Enumerable.Range(0, 10).Select(number => new Node(MachineManifests.Of($"n{number}")))];
        for (int round = 0; round < 100; round++)
        {
            for (int number = 0; number < nodes.Length; number++)
            {
                _table.Set(nodes[number], Due((round % 2 * 5) + number)); // far more entries than are kept, half of them for times that were set before
            }
        }

        Assert.Equal(Due(5), _table.Next);
        Assert.Equal(nodes.Select((node, number) => (node, Due(5 + number))), Taken());
        Assert.Null(_table.Next);
    }

    [Fact]
    public void Set_ToNever_IsNotTaken()
    {
        var node = new Node(MachineManifests.Of("n"));
        _table.Set(node, Due(1));
        _table.Set(node, null);

        Assert.False(_table.TryTake(TimeSpan.MaxValue, out _));
    }

    private static TimeSpan Due(int seconds) => TimeSpan.FromSeconds(seconds);

    private IEnumerable<(Node, TimeSpan)> Taken()
    {
        while (_table.Next is { } due)
        {
            Assert.False(_table.TryTake(due - TimeSpan.FromTicks(1), out _));
            Assert.True(_table.TryTake(due, out Node? node));
            yield return (node!, due);
        }
    }
}
