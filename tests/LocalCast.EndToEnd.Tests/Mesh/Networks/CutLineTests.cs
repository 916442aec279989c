using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A line of four whose middle is unplugged under load: the systems know it, the agents have to find out.</summary>
public sealed class CutLineTests : NetworkTest
{
    [Fact]
    public async Task MiddleIsUnpluggedAndPluggedIn_HalvesGoOn_AndNoCallIsLostOrDoubled()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c");
        await Task.WhenAll(((string[])["a", "b", "c", "d"]).Select(AddCounterAsync));
        SteadyCaller[] within = await AddCallersAsync(("a", "b"), ("b", "a"), ("d", "c"));
        SteadyCaller[] across = await AddCallersAsync(("a", "d"), ("d", "a"), ("b", "c"));
        LocalNode client = await JoinClientAsync("a", "client");
        StartCalling(atOnce: 2);
        await WaitForSuccessesAsync([.. within, .. across]);

        await Net.UnplugAsync("b", "c");

        await WaitForPartitionAsync(["a", "b"], ["c", "d"]);
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "counter@d", "count"));
        await WaitForSuccessesAsync(within);

        await Net.PlugInAsync("b", "c");

        await WaitForSuccessesAsync([.. within, .. across]);
        await StopAndAccountAsync(CutErrors);
        Assert.All(within.SelectMany(caller => caller.Ended), call => Assert.Null(call.Value));
    }
}
