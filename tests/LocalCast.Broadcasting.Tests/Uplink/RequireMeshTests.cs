using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Requirements that nodes of other agents may meet.</summary>
public sealed class RequireMeshTests : UplinkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Require_OfTheMesh_IsAnsweredByTheUplink(bool isJson)
    {
        RawParticipant asker = await JoinAsync("asker", isJson);
        await RequireAsync(asker, "mesh");
        Envelope require = await Mesh.ExpectAsync(MessageType.Require);
        Assert.Equal(["dns"], require.Field("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1000u, require.DeadlineMs);

        await Mesh.SendAsync($$$"""{"type":"required","reply_to":"{{{require.Id}}}","data":{"nodes":[{"name":"dns"}]}}""");

        Envelope required = await asker.ExpectAsync(MessageType.Required);
        Assert.Equal(("r", "dns"), (required.ReplyTo, required.Field("nodes")[0].GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Require_OfTheMesh_MetHere_IsAnsweredHere()
    {
        RawParticipant asker = await JoinAsync("asker");
        await JoinAsync("dns");

        await RequireAsync(asker, "mesh");

        await asker.ExpectAsync(MessageType.Required);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Require_OfThisMachine_StaysHere()
    {
        HaveElsewhere("dns");
        RawParticipant asker = await JoinAsync("asker");

        await RequireAsync(asker, "machine");
        await asker.ExpectNothingAsync();
        await Mesh.ExpectNothingAsync();
        await JoinAsync("dns");

        await asker.ExpectAsync(MessageType.Required);
    }

    [Fact]
    public async Task Require_OfThisMachine_OnlyAnotherAgentHasIt_SaysSoWhenTheTimeIsOver()
    {
        HaveElsewhere("dns");
        RawParticipant asker = await JoinAsync("asker");
        await RequireAsync(asker, "machine");
        await asker.ExpectNothingAsync();

        Time.Advance(TimeSpan.FromSeconds(2));

        Envelope required = await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady);
        Assert.Equal("still missing: dns (not on this machine; another agent has it: --mesh)", required.Error!.Message);
    }

    [Fact]
    public async Task Require_FailsElsewhere_SaysWhy()
    {
        RawParticipant asker = await JoinAsync("asker");
        await RequireAsync(asker, "mesh");
        Envelope require = await Mesh.ExpectAsync(MessageType.Require);

        await Mesh.SendAsync($$$"""{"type":"required","reply_to":"{{{require.Id}}}","error":{"name":"NodeNotReady","message":"'dns' is nowhere"}}""");

        Assert.Equal("r", (await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady)).ReplyTo);
    }

    [Fact]
    public async Task Require_TheUplinkNeverAnswers_FailsAsARequirement()
    {
        RawParticipant asker = await JoinAsync("asker");
        await RequireAsync(asker, "mesh");
        await Mesh.ExpectAsync(MessageType.Require);

        Time.Advance(TimeSpan.FromSeconds(4));

        await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Timeout);
    }

    [Fact]
    public async Task Require_TheUplinkEnds_FailsAtOnce()
    {
        RawParticipant asker = await JoinAsync("asker");
        await RequireAsync(asker, "mesh");
        await Mesh.ExpectAsync(MessageType.Require);

        await EndUplinkAsync();

        await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Disconnected);
        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task Required_OfAnOrdinaryParticipant_IsForbidden()
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync("""{"type":"required","reply_to":"1","data":{"nodes":[]}}""");

        await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);
    }

    [Theory]
    [InlineData("answered")]
    [InlineData("cancelled")]
    [InlineData("timed out")]
    public async Task Require_OfTheMesh_MoreThanMayWait_IsBusyUntilOneEnds(string end)
    {
        RawParticipant asker = await JoinAsync("asker");
        Envelope first = await FillAsync(asker);

        await RequireAsync(asker, "mesh", "more");
        Assert.Equal("more", (await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Busy)).ReplyTo);
        await RequireAsync(asker, "machine", "here");
        Assert.Equal("here", (await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Busy)).ReplyTo);
        await Mesh.ExpectNothingAsync();

        switch (end)
        {
            case "answered":
                await Mesh.SendAsync($$$"""{"type":"required","reply_to":"{{{first.Id}}}","data":{"nodes":[{"name":"dns"}]}}""");
                await asker.ExpectAsync(MessageType.Required);
                break;
            case "cancelled":
                await asker.SendAsync("""{"type":"cancel","reply_to":"r0"}""");
                await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Cancelled);
                await Mesh.ExpectAsync(MessageType.Cancel);
                break;
            default:
                Time.Advance(TimeSpan.FromSeconds(4));
                for (int ended = 0; ended < MostRequirements; ended++)
                {
                    await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.Timeout);
                    await Mesh.ExpectAsync(MessageType.Cancel);
                }

                break;
        }

        await RequireAsync(asker, "mesh", "again");
        await Mesh.ExpectAsync(MessageType.Require);
    }

    [Fact]
    public async Task Require_OfTheMesh_OneWaitsForAllItMay_AnotherIsNotRefused()
    {
        await FillAsync(await JoinAsync("asker"));
        RawParticipant other = await JoinAsync("other");

        await RequireAsync(other, "mesh");

        await Mesh.ExpectAsync(MessageType.Require);
    }

    private const int MostRequirements = 256;

    /// <summary>Has a participant wait for as many requirements as it may.</summary>
    /// <returns>The first of them, as the mesh has it.</returns>
    private async Task<Envelope> FillAsync(RawParticipant asker)
    {
        List<Envelope> requires = [];
        for (int i = 0; i < MostRequirements; i++)
        {
            await RequireAsync(asker, "mesh", $"r{i}");
            requires.Add(await Mesh.ExpectAsync(MessageType.Require));
        }

        return requires[0];
    }

    private static Task RequireAsync(RawParticipant asker, string scope, string id = "r") =>
        asker.SendAsync($$$"""{"type":"require","id":"{{{id}}}","deadline_ms":1000,"data":{"names":["dns"],"scope":"{{{scope}}}"}}""");
}
