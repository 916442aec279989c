using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>Requests that cost more the more participants there are, many in one write: taken in several turns, and nothing of them is lost.</summary>
public sealed class LongTurnTests : HubTest
{
    private const int Many = 100;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ps_ManyInOneWrite_AreAllAnsweredInOrder(bool isJson)
    {
        RawParticipant greedy = await JoinAsync("greedy", isJson);

        await greedy.SendAllAsync(Enumerable.Range(1, Many).Select(id => $$$"""{"type":"call","id":"{{{id}}}","to":"localcast","data":{"method":"ps"}}"""));

        for (int id = 1; id <= Many; id++)
        {
            Assert.Equal($"{id}", (await greedy.ExpectAsync(MessageType.Result)).ReplyTo);
        }
    }

    [Fact]
    public async Task Every_ManyAndThenTheEnd_ReachTheOthers()
    {
        RawParticipant leaving = await JoinAsync("leaving");
        RawParticipant node = await JoinAsync("node", isJson: false);

        await leaving.SendAllAsync(Enumerable.Range(0, Many).Select(i => $$$"""{"type":"publish","topic":"t","data":{"mode":"every","payload":{{{i}}}}}"""));
        await LeaveAsync(leaving);

        for (int i = 0; i < Many; i++)
        {
            Assert.Equal($"{i}", (await node.ExpectAsync(MessageType.Publish)).PayloadText());
        }
    }

    [Fact]
    public void IsLong_AfterEightExpensiveRequests_UntilTheNextTurn()
    {
        var hub = new Internal.Hub(new BroadcasterOptions(), Time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var batch = new Internal.DeliveryBatch(hub);
        for (int i = 0; i < 8; i++)
        {
            Assert.False(batch.IsLong);
            batch.NoteExpensive();
        }

        Assert.True(batch.IsLong);
        batch.Begin();
        Assert.False(batch.IsLong);
    }
}
