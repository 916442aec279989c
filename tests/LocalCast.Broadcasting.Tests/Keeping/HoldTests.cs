using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class HoldTests : KeeperTest
{
    [Fact]
    public async Task Held_CallsAndRequiresWait_ReleasedInOrder()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Hub.HoldCalls("dns");

        await caller.SendAllAsync([Call("dns", 1, "1"), Call("dns", 2, "2"), """{"type":"require","id":"r","data":{"names":["dns"]}}"""]);
        await UntilParkedAsync(2);
        await caller.ExpectNothingAsync();
        await dns.ExpectNothingAsync();
        Hub.ReleaseCalls("dns");

        Assert.Null((await caller.ExpectAsync(MessageType.Required)).Error);
        await AnswerAsync(dns, "1");
        await AnswerAsync(dns, "2");
        Assert.Equal("1", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        Assert.Equal("2", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        await caller.SendAsync(Call("dns", 3, "3"));
        await AnswerAsync(dns, "3");
        Assert.Null((await caller.ExpectAsync(MessageType.Result)).Headers);
        Assert.DoesNotContain("wake dns caller", Kept.Asked); // held is held, nobody is asked
    }

    [Fact]
    public async Task Held_NodeIsReplaced_ItsSuccessorGetsTheCalls()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant first = await JoinInstanceAsync("dns", 1);
        Hub.HoldCalls("dns");
        await caller.SendAsync(Call("dns", 1, "1"));
        await UntilParkedAsync(1);
        await LeaveAsync(first);
        await UntilAsync(() => Hub.Census.Names == 1);
        RawParticipant second = await JoinInstanceAsync("dns", 2);
        await caller.SendAsync(Call("dns", 2, "2"));
        await UntilParkedAsync(2);
        await second.ExpectNothingAsync();

        Hub.ReleaseCalls("dns");

        await AnswerAsync(second, "1");
        await AnswerAsync(second, "2");
    }

    [Fact]
    public async Task Held_Failed_FailsWhatWaitsAndHoldsOn()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Hub.HoldCalls("dns");
        await caller.SendAsync(Call("dns", 1));
        await UntilParkedAsync(1);

        Hub.FailCalls("dns", new ErrorInfo(LocalCastError.NodeNotReady, "the upgrade failed"));
        Assert.Equal("the upgrade failed", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
        await caller.SendAsync(Call("dns", 2, "2"));
        await UntilParkedAsync(1);
        Hub.ReleaseCalls("dns");

        await AnswerAsync(dns, "2");
    }

    [Fact]
    public async Task HoldAndRelease_UnderCalls_NothingIsLostOrOvertaken()
    {
        const int Calls = 2000;
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        Task flapping = Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                Hub.HoldCalls("dns");
                Hub.ReleaseCalls("dns");
            }
        });
        Task answering = Task.Run(async () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                await AnswerAsync(dns, $"{i}");
            }
        });

        Task receiving = Task.Run(async () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                Assert.Equal($"{i}", (await caller.ExpectAsync(MessageType.Result)).PayloadText());
            }
        });
        for (int i = 0; i < Calls; i += 50)
        {
            await caller.SendAllAsync(Enumerable.Range(i, 50).Select(n => Call("dns", n + 1, $"{n}")));
        }

        await Task.WhenAll(flapping, answering, receiving).DefaultTimeout();
        await dns.ExpectNothingAsync();
    }
}
