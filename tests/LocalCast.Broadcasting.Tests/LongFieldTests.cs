using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>Fields that others would have to quote are bounded; whoever exceeds them hurts itself only.</summary>
public sealed class LongFieldTests : HubTest
{
    [Theory]
    [InlineData("id", 257)]
    [InlineData("id", 65_000)]
    [InlineData("reply_to", 257)]
    [InlineData("method", 513)]
    public async Task Field_TooLong_EndsItsSenderOnly(string field, int length)
    {
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant sender = await JoinAsync("sender", isJson: false);
        string text = new('x', length);

        await sender.SendAsync(field == "method"
            ? $$$"""{"type":"call","id":"1","to":"bystander-callee","data":{"method":"{{{text}}}"}}"""
            : $$$"""{"type":"call","{{{field}}}":"{{{text}}}","to":"bystander-callee","data":{"method":"m"}}""");

        await sender.ExpectGoodbyeAsync(LocalCastError.BadRequest);
        await bystandersCall();
    }

    [Fact]
    public async Task Fields_AsLongAsAllowed_AreQuoted()
    {
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        RawParticipant callee = await JoinAsync("callee", isJson: false);
        string id = new('x', 256);

        await caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"callee","data":{"method":"{{{new string('m', 512)}}}"}}""");
        await ReplyAsync(callee, await callee.ExpectAsync(MessageType.Call), "2");

        Assert.Equal(id, (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
    }
}
