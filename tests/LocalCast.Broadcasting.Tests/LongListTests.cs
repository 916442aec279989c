using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>What a participant says of itself is bounded, and what the agent says of all of them fits into a frame.</summary>
public sealed class LongListTests : HubTest
{
    [Theory]
    [InlineData("methods", 1025, 1)]
    [InlineData("requires", 1025, 1)]
    [InlineData("methods", 1, 257)]
    public async Task Hello_TooManyOrTooLongNames_IsRefused(string field, int count, int length)
    {
        RawParticipant participant = await ConnectAsync();

        await participant.SendAsync(RawParticipant.Hello("node", $"\"{field}\":[{Names(count, length)}]"));

        await participant.ExpectGoodbyeAsync(LocalCastError.BadRequest);
    }

    [Fact]
    public async Task Ps_LargerThanAFrame_IsAnsweredWithTooLarge()
    {
        for (int i = 0; i < 5; i++)
        {
            await JoinAsync($"node-{i}", $"\"methods\":[{Names(1024, 250)}]");
        }

        RawParticipant asker = await JoinAsync("asker");
        await asker.SendAsync("""{"type":"call","id":"1","to":"localcast","data":{"method":"ps"}}""");

        await asker.ExpectErrorAsync(MessageType.Result, LocalCastError.TooLarge);
    }

    private static string Names(int count, int length) => string.Join(',', Enumerable.Repeat($"\"{new string('m', length)}\"", count));
}
