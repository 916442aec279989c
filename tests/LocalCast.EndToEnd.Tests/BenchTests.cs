using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>That the measuring works. What it measures is no test's business: the machine may be busy.</summary>
public sealed class BenchTests : CommandTest
{
    [Theory]
    [InlineData("1")]
    [InlineData("16")]
    public async Task BenchCall_SmallCount_PrintsTheThreeNumbers(string concurrency)
    {
        await StartAgentAsync();
        JsonElement result = (await RunAsync("bench", "call", "--pipe", Pipe, "--size", "64", "--count", "300", "--concurrency", concurrency, "--json")).Json();
        Assert.True(result.GetProperty("rps").GetDouble() > 0);
        Assert.True(result.GetProperty("p50_us").GetDouble() > 0);
        Assert.True(result.GetProperty("p99_us").GetDouble() >= result.GetProperty("p50_us").GetDouble());

        JsonElement left = (await RunAsync("ps", "--json")).Json();
        Assert.Equal(1, left.GetArrayLength()); // the echo node has gone with the measurement
    }

    [Fact]
    public async Task BenchCall_ToANode_CallsThatOne()
    {
        await StartAgentAsync();
        CommandProcess serving = Start("bench", "serve", "--pipe", Pipe);
        await serving.WaitForOutputAsync("bench-echo serves");
        JsonElement result = (await RunAsync("bench", "call", "--to", "bench-echo", "--size", "0", "--count", "10", "--json")).Json();
        Assert.True(result.GetProperty("rps").GetDouble() > 0);
        (await RunAsync("bench", "call", "--to", "nobody", "--count", "10", "--json")).AssertFailed(14, "NodeNotFound");
    }

    [Fact]
    public async Task BenchPing_FewNodes_FindsAllAndPrintsTheTimes()
    {
        await StartAgentAsync();
        JsonElement result = (await RunAsync("bench", "ping", "--pipe", Pipe, "--nodes", "20", "--count", "3", "--json")).Json();
        Assert.Equal((20, 20), (result.GetProperty("nodes").GetInt32(), result.GetProperty("answered").GetInt32()));
        Assert.True(result.GetProperty("first_ms").GetDouble() > 0);
        Assert.True(result.GetProperty("median_ms").GetDouble() > 0);

        JsonElement left = (await RunAsync("ps", "--json")).Json();
        Assert.Equal(1, left.GetArrayLength()); // the nodes have gone with the measurement
    }

    [Fact]
    public async Task BenchPublish_SmallCount_CountsWhatWasReceived()
    {
        await StartAgentAsync();
        JsonElement result = (await RunAsync("bench", "publish", "--pipe", Pipe, "--size", "64", "--count", "2000", "--json")).Json();
        Assert.True(result.GetProperty("rps").GetDouble() > 0);
        Assert.Equal(2000, result.GetProperty("count").GetInt32());
    }
}
