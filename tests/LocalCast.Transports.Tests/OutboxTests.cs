using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

public sealed class OutboxTests
{
    private readonly ScriptedConnection _connection = new();
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = new Outbox(_connection, maxBytes: 100);

    [Fact]
    public void Append_Pieces_AreOneFrameInOrder()
    {
        Assert.Equal(OutboxResult.Queued, _outbox.Append([1], [2, 3], [], [4]));
        Assert.Empty(_connection.Written);

        _outbox.Flush();

        Assert.Equal([1, 2, 3, 4], _connection.Written);
        Assert.Equal(0, _outbox.QueuedBytes);
        Assert.Equal(4, _outbox.WrittenBytes);
    }

    [Fact]
    public void Flush_ManyFrames_AreOneWrite()
    {
        for (byte i = 0; i < 50; i++)
        {
            _outbox.Append([i]);
        }

        _outbox.Flush();

        Assert.Equal(1, _connection.Writes);
        Assert.Equal(50, _connection.Written.Length);
    }

    [Theory]
    [InlineData(75, OutboxResult.Queued)]
    [InlineData(76, OutboxResult.Congested)]
    [InlineData(100, OutboxResult.Congested)]
    [InlineData(101, OutboxResult.Full)]
    public void Append_ToABound_SaysHowFullItIs(int bytes, OutboxResult expected)
    {
        Assert.Equal(expected, _outbox.Append(new byte[bytes]));
        Assert.Equal(expected == OutboxResult.Congested, _outbox.IsCongested);
        Assert.Equal(expected == OutboxResult.Full ? 0 : bytes, _outbox.QueuedBytes);
    }

    [Fact]
    public void Append_WhileAWriteWaits_CountsWhatIsBeingWritten()
    {
        _connection.Holds = true;
        _outbox.Append(new byte[60]);
        _outbox.Flush();

        Assert.Equal(OutboxResult.Full, _outbox.Append(new byte[41]));
        Assert.Equal(OutboxResult.Congested, _outbox.Append(new byte[40]));
        Assert.Equal(100, _outbox.QueuedBytes);
    }

    [Fact]
    public void AppendUrgent_ToAFullQueue_IsQueued()
    {
        _outbox.Append(new byte[100]);

        Assert.Equal(OutboxResult.Full, _outbox.Append([1]));
        Assert.Equal(OutboxResult.Congested, _outbox.AppendUrgent([1], [2]));
        _outbox.Flush();

        Assert.Equal(102, _connection.Written.Length);
    }

    [Fact]
    public void Flush_WhileAWriteWaits_GoesWithTheNext()
    {
        _connection.Holds = true;
        _outbox.Append([1]);
        _outbox.Flush();
        _outbox.Append([2]);
        _outbox.Append([3]);
        _outbox.Flush();
        Assert.Equal([1], _connection.Written);

        _connection.Holds = false;
        _connection.Release();

        Assert.Equal([1, 2, 3], _connection.Written);
        Assert.Equal(2, _connection.Writes);
    }

    [Fact]
    public async Task WaitForRoomAsync_Full_CompletesAtHalf()
    {
        _connection.Holds = true;
        _outbox.Append(new byte[60]);
        _outbox.Flush();
        _outbox.Append(new byte[40]);
        Task room = _outbox.WaitForRoomAsync();
        Assert.False(room.IsCompleted);

        _connection.Release();

        await room.DefaultTimeout();
        Assert.Equal(40, _outbox.QueuedBytes);
    }

    [Fact]
    public void WaitForRoomAsync_HalfIsFree_IsComplete()
    {
        _outbox.Append(new byte[50]);

        Assert.True(_outbox.WaitForRoomAsync().IsCompleted);
    }

    [Fact]
    public async Task WaitForRoomAsync_ForMoreThanHalf_CompletesWhenThatFits()
    {
        _connection.Holds = true;
        _outbox.Append(new byte[60]);
        _outbox.Flush();
        _outbox.Append(new byte[40]);
        Task some = _outbox.WaitForRoomAsync();
        Task most = _outbox.WaitForRoomAsync(90);

        _connection.Release(); // the 60; the 40 are held then

        Assert.False(most.IsCompleted);
        Assert.Equal(OutboxResult.Full, _outbox.Append(new byte[90]));
        _connection.Holds = false;
        _connection.Release();
        await Task.WhenAll(some, most).DefaultTimeout();
        Assert.Equal(OutboxResult.Congested, _outbox.Append(new byte[90]));
        Assert.False(_outbox.WaitForRoomAsync(1000).IsCompleted); // never fits: until it is empty
        _outbox.Flush();
        Assert.True(_outbox.WaitForRoomAsync(1000).IsCompleted);
    }

    [Fact]
    public async Task FlushSoon_Queued_IsWrittenByThePool()
    {
        _outbox.Append(new byte[60]);
        Task room = _outbox.WaitForRoomAsync();

        _outbox.FlushSoon();
        _outbox.FlushSoon();

        await room.DefaultTimeout();
        Assert.Equal(1, _connection.Writes);
    }

    [Fact]
    public async Task CompleteAsync_Queued_DrainsAndTakesNothingMore()
    {
        _connection.Holds = true;
        _outbox.Append([1]);
        _outbox.Flush();
        _outbox.Append([2]);

        Task completing = _outbox.CompleteAsync();
        Assert.False(completing.IsCompleted);
        _connection.Holds = false;
        _connection.Release();

        await completing.DefaultTimeout();
        Assert.Equal([1, 2], _connection.Written);
        Assert.Equal(OutboxResult.Closed, _outbox.Append([3]));
    }

    [Fact]
    public void Seal_Queued_IsWrittenAndNothingIsTaken()
    {
        _outbox.Append([1]);

        _outbox.Seal();

        Assert.Equal(OutboxResult.Closed, _outbox.AppendUrgent([2], []));
        _outbox.Flush();
        Assert.Equal([1], _connection.Written);
    }

    [Fact]
    public void AppendLast_ToAFullQueue_IsQueuedAndNothingBehindIt()
    {
        _outbox.Append(new byte[100]);

        Assert.Equal(OutboxResult.Congested, _outbox.AppendLast([1], [2]));

        Assert.Equal(OutboxResult.Closed, _outbox.Append([3]));
        Assert.Equal(OutboxResult.Closed, _outbox.AppendUrgent([3], []));
        _outbox.Flush();
        Assert.Equal(102, _connection.Written.Length);
    }

    [Fact]
    public async Task CompleteAsync_WhileAWriteWaits_TakesNothingMore()
    {
        _connection.Holds = true;
        _outbox.Append([1]);
        _outbox.Flush();
        Task completing = _outbox.CompleteAsync();

        Assert.Equal(OutboxResult.Closed, _outbox.Append([2]));

        _connection.Release();
        await completing.DefaultTimeout();
        Assert.Equal([1], _connection.Written);
    }

    [Fact]
    public async Task CompleteAsync_ConnectionBreaks_Completes()
    {
        _connection.Holds = true;
        _outbox.Append([1]);
        _outbox.Flush();
        _outbox.Append([2]);
        Task completing = _outbox.CompleteAsync();

        _connection.Release(new LocalCastException(LocalCastError.Disconnected, "broken"));

        await completing.DefaultTimeout();
        Assert.Equal([1], _connection.Written);
    }

    [Fact]
    public async Task Close_Waiting_WakesAndForgets()
    {
        _outbox.Append(new byte[90]);
        Task room = _outbox.WaitForRoomAsync();

        _outbox.Close();

        await room.DefaultTimeout();
        _outbox.Flush();
        Assert.Empty(_connection.Written);
        Assert.Equal(OutboxResult.Closed, _outbox.Append([1]));
        Assert.Equal(OutboxResult.Closed, _outbox.AppendUrgent([1], []));
    }

    [Fact]
    public async Task Flush_ConnectionIsBroken_ClosesInSilence()
    {
        _outbox.Append(new byte[90]);
        Task room = _outbox.WaitForRoomAsync();
        _connection.IsBroken = true;

        _outbox.Flush();

        await room.DefaultTimeout();
        Assert.Equal(OutboxResult.Closed, _outbox.Append([1]));
        Assert.Equal(0, _outbox.QueuedBytes);
    }

    [Fact]
    public async Task Append_FromManyThreads_LosesNoFrameAndMixesNone()
    {
        const int Threads = 4, Frames = 2000, Size = 8;
        var outbox = new Outbox(_connection, Threads * Frames * Size);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Frames; i++)
            {
                byte mark = (byte)((thread * 50) + (i % 50));
                outbox.Append([mark, mark, mark], [mark], [mark, mark], [mark, mark]);
                outbox.Flush();
            }
        }))).DefaultTimeout();

        await outbox.CompleteAsync().DefaultTimeout();

        byte[] written = _connection.Written;
        Assert.Equal(Threads * Frames * Size, written.Length);
        Assert.All(written.Chunk(Size), frame => Assert.Single(frame.Distinct()));
        Assert.All(Enumerable.Range(0, Threads), thread => Assert.Equal(
            Enumerable.Range(0, Frames).Select(i => (byte)((thread * 50) + (i % 50))),
            written.Chunk(Size).Select(frame => frame[0]).Where(mark => mark / 50 == thread)));
    }
}
