using System.Text.Json;
using System.Text.Json.Serialization;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

public sealed partial class JsonTests() : NodeTest(new TestPlace.Memory())
{
    [Fact]
    public async Task UseJson_SourceGenerated_IsUsedBothWays()
    {
        LocalNode caller = await JoinAsync("caller", o => o.UseJson(Generated.Default));
        LocalNode dns = await JoinAsync("dns", o => o.UseJson(Generated.Default));
        dns.Handle("move", (Point p, int by) => new Point(p.X + by, p.Y + by));
        await using NodeSubscription<Point> subscription = await dns.OpenSubscriptionAsync<Point>("points").DefaultTimeout();

        Assert.Equal(new Point(3, 4), await caller.CallAsync<Point>("dns", "move", [new Point(1, 2), 2]).DefaultTimeout());
        await caller.PublishAsync("points", new Point(5, 6)).DefaultTimeout();

        Assert.Equal(new Point(5, 6), Assert.Single(await TopicTests.TakeAsync(subscription, 1)).Data);
        JsonElement raw = await caller.CallAsync<JsonElement>("dns", "move", [new Point(1, 2), 0]).DefaultTimeout();
        Assert.Equal("""{"the_x":1,"the_y":2}""", raw.GetRawText()); // as the context says it
    }

    [Fact]
    public async Task Json_Default_IsCamelCaseAndTakesAnything()
    {
        LocalNode node = await JoinAsync("node");
        node.Handle("echo", (Point p) => p);
        node.Handle("sum", (int[] all) => all.Sum());
        node.Handle("when", (DateTimeOffset at) => at.Year);
        node.Handle("any", (JsonElement any) => any);

        Assert.Equal("""{"x":1,"y":2}""", (await node.CallAsync<JsonElement>("node", "echo", [new { x = 1, Y = 2 }]).DefaultTimeout()).GetRawText());
        Assert.Equal(6, await node.CallAsync<int>("node", "sum", [new[] { 1, 2, 3 }]).DefaultTimeout());
        Assert.Equal(2026, await node.CallAsync<int>("node", "when", [new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)]).DefaultTimeout());
        Assert.Equal("{\"a\":[null,\"☃\"]}", (await node.CallAsync<JsonElement>("node", "any", [new Dictionary<string, object?> { ["a"] = new object?[] { null, "☃" } }]).DefaultTimeout()).GetRawText());
        Assert.Null(await node.CallAsync<Point?>("node", "any", [null]).DefaultTimeout());
    }

    [Fact]
    public async Task Call_ArgumentThatCannotBeWritten_ThrowsAtTheCallerAndLeavesNothingBehind()
    {
        LocalNode node = await JoinAsync("node");
        node.Handle("m", (int i) => i);

        await Assert.ThrowsAnyAsync<Exception>(async () => await node.CallAsync<int>("node", "m", [typeof(string)]));

        Assert.Equal(1, await node.CallAsync<int>("node", "m", [1]).DefaultTimeout());
    }

    internal sealed record Point(int X, int Y);

    [JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
    [JsonSerializable(typeof(Point))]
    internal sealed partial class Defaults : JsonSerializerContext;

    private sealed class TheNaming : JsonNamingPolicy
    {
        public override string ConvertName(string name) => "the_" + name.ToLowerInvariant();
    }

    private static class Generated
    {
        public static Defaults Default { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = new TheNaming() });
    }
}
