using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents of a mesh that were configured by a file.</summary>
public sealed class MeshKeysTests : MeshTest
{
    [Fact]
    public async Task Leaf_TakesPart_AndForwardsNothing()
    {
        await UpAsync("a");
        await UpAsync("c");
        await UpAsync("leaf", Configured("leaf", """{"mesh":{"leaf":true}}"""), "a", "c");
        await JoinEchoAsync("c", "worker");
        await JoinEchoAsync("leaf", "own");
        LocalNode outside = await JoinClientAsync("a", "client");
        LocalNode inside = await JoinClientAsync("leaf", "client");
        await WaitForWayAsync("a", "own", "leaf");
        await WaitForWayAsync("leaf", "worker", "c");

        Assert.Equal("leaf", await outside.CallAsync<string>("own", "where").AsTask().DefaultTimeout());
        Assert.Equal("c", await inside.CallAsync<string>("worker", "where").AsTask().DefaultTimeout());
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(outside, "worker", "where"));
    }

    [Fact]
    public async Task Compression_BothSides_CallsPass()
    {
        await UpAsync("a", Configured("a", """{"mesh":{"compression":true}}"""));
        await UpAsync("b", Configured("b", """{"mesh":{"compression":true}}"""), "a");
        await JoinAsync("a", "echo", options => options.Handle("back", (string text) => text));
        LocalNode client = await JoinClientAsync("b", "client");
        await WaitForWayAsync("b", "echo", "a");
        string text = string.Concat(Enumerable.Repeat("again and ", 30_000)); // in chunks, too

        Assert.Equal(text, await client.CallAsync<string>("echo", "back", [text]).AsTask().DefaultTimeout());
    }

    private MeshAgentSetup Configured(string agent, string configuration)
    {
        string file = Path.Combine(Folder, agent + ".json");
        File.WriteAllText(file, configuration);
        return new MeshAgentSetup { Options = ["--config", file] };
    }
}
