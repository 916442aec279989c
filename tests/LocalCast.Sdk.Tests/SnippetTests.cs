using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>What the documents show is what compiles and works.</summary>
public sealed class SnippetTests() : NodeTest(new TestPlace.Memory())
{
    [Fact]
    public async Task FirstNode_AsShown_Works()
    {
        await using LocalNode dns = await JoinAsync("dns");
        dns.Handle("resolve", (string name) => name == "example.com" ? "192.0.2.1" : throw new LocalCastException(LocalCastError.BadRequest, "unknown"));
        var table = new Table();

        await using LocalNode node = await JoinAsync("dht", o => o.Requires("dns"));
        node.Handle("lookup", (string key, CancellationToken ct) => table.FindAsync(key, ct));
        string ip = await node.CallAsync<string>("dns", "resolve", ["example.com"]);
        List<string> names = [];
        await foreach (FoundNode found in node.PingAsync())
        {
            names.Add($"{found.Name} {found.RoundTrip >= TimeSpan.Zero}");
        }

        using var enough = new CancellationTokenSource();
        double sum = 0;
        Task reading = Task.Run(async () =>
        {
            await foreach (TopicMessage<double> m in dns.SubscribeAsync<double>("sensors.>"))
            {
                sum += m.Data;
                if (sum > 20)
                {
                    break;
                }
            }
        });
        while (!reading.IsCompleted)
        {
            await node.PublishAsync("sensors.kitchen.temp", 21.5);
            await Task.WhenAny(reading, Task.Delay(1));
        }

        await reading.DefaultTimeout();
        Assert.Equal("192.0.2.1", ip);
        Assert.Equal(["dns True"], names);
        Assert.Equal("value of k", await dns.CallAsync<string>("dht", "lookup", ["k"]));
    }

    private sealed class Table
    {
        public async Task<string> FindAsync(string key, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return $"value of {key}";
        }
    }
}
