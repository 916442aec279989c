using LocalCast.Broadcasting.Internal;
using LocalCast.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Broadcasting.Tests;

/// <summary>Two sessions' batches that meet at one receiver: whoever marked it flushes it, and no frame is left behind.</summary>
public sealed class DeliveryBatchTests
{
    private readonly ScriptedConnection _connection = new();
    private readonly Hub _hub = new(new BroadcasterOptions(), new FakeTimeProvider(), NullLogger.Instance);

    [Fact]
    public void Flush_ByTheOtherBatch_LeavesNothingOfThisOneBehind()
    {
        using var receiver = new Session(_hub, _connection, 1);
        var first = new DeliveryBatch(_hub);
        var second = new DeliveryBatch(_hub);
        Queue(first, receiver, 1);
        Queue(second, receiver, 2); // the first one's to flush

        first.Flush();
        Assert.Equal([1, 2], _connection.Written);

        Queue(second, receiver, 3); // nobody else's any more
        Queue(second, receiver, 4);
        first.Flush();
        Assert.Equal([1, 2], _connection.Written);
        second.Flush();
        Assert.Equal([1, 2, 3, 4], _connection.Written);
    }

    [Fact]
    public void Flush_ManyFramesForOne_IsOneWrite()
    {
        using var receiver = new Session(_hub, _connection, 1);
        var batch = new DeliveryBatch(_hub);
        for (byte frame = 0; frame < 100; frame++)
        {
            Queue(batch, receiver, frame);
        }

        batch.Flush();

        Assert.Equal(1, _connection.Writes);
        Assert.Equal(100, _connection.Written.Length);
    }

    private static void Queue(DeliveryBatch batch, Session receiver, byte frame) => Assert.True(batch.Note(receiver, receiver.Outbox.Append([frame])));
}
