using System.Text.Json;
using LocalCast.Agent.Nodes;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>A client that looks at an agent's nodes until they are where a test wants them.</summary>
internal sealed class NodeWatch(LocalNode client) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(25);

    public static async Task<NodeWatch> JoinAsync(string pipe) => new(await LocalNode.JoinAsync("watch", options =>
    {
        options.Pipe = pipe;
        options.IsClient = true;
    }).DefaultTimeout());

    public ValueTask DisposeAsync() => client.DisposeAsync();

    public Task<T> CallAsync<T>(string node, string method, params object?[] arguments) => client.CallAsync<T>(node, method, arguments, TimeSpan.FromSeconds(20)).AsTask().DefaultTimeout();

    public async Task<IReadOnlyList<NodeRow>> RowsAsync() => (await AskAsync("ps")).Deserialize<List<NodeRow>>(_json)!;

    /// <summary>What <c>why</c> prints.</summary>
    public async Task<string> WhyAsync(string node) => (await AskAsync("why", node)).GetProperty("text").GetString()!;

    /// <summary>The last lines that a node printed.</summary>
    public async Task<IReadOnlyList<LogRow>> LogAsync(string node, int most = 10) =>
        (await AskAsync("logs", node, new LogsRequest { Lines = most })).Deserialize<LogsAnswer>(_json)!.Lines;

    /// <summary>Waits until a node is in a state.</summary>
    public Task<NodeRow> UntilAsync(string node, string state) => UntilAsync(node, row => row.State == state, state);

    /// <summary>Waits until a node's line says something.</summary>
    public async Task<NodeRow> UntilAsync(string node, Func<NodeRow, bool> condition, string wanted)
    {
        NodeRow? row = null;
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            row = (await RowsAsync()).FirstOrDefault(candidate => candidate.Name == node);
            if (row is not null && condition(row))
            {
                return row;
            }

            Assert.False(tooLong.IsCancellationRequested, $"{node} did not come to '{wanted}', but is: {row}; notes: {string.Join("; ", row?.Notes ?? [])}");
            await Task.Delay(_betweenLooks, TimeProvider.System);
        }
    }

    /// <summary>Waits until a node printed a line that contains a text.</summary>
    public async Task UntilLogAsync(string node, string text)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await LogAsync(node)).Any(line => line.Text.Contains(text, StringComparison.Ordinal)))
        {
            Assert.False(tooLong.IsCancellationRequested, $"{node} did not print '{text}', but: {string.Join('\n', (await LogAsync(node)).Select(line => line.Text.Length < 100 ? line.Text : "a long line"))}");
            await Task.Delay(_betweenLooks, TimeProvider.System);
        }
    }

    private Task<JsonElement> AskAsync(string operation, params object?[] arguments) => CallAsync<JsonElement>("localcast", operation, arguments);
}
