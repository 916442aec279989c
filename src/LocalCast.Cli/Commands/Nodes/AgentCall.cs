using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli.Commands;

/// <summary>Calls of the agent itself.</summary>
internal static class AgentCall
{
    /// <summary>What an operation takes when nobody says otherwise: longer than any single step of starting or stopping.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    public static async Task<JsonElement> AskAsync(this LocalNode node, string operation, object?[] arguments, TimeSpan? timeout, CancellationToken stop) =>
        await node.CallAsync<JsonElement>(Protocol.NodeName.Agent, operation, arguments, timeout ?? DefaultTimeout, stop);

    public static T As<T>(this JsonElement answer, JsonTypeInfo<T> type) => answer.Deserialize(type)!;

    public static async Task<IReadOnlyList<NodeRow>> ListRowsAsync(this LocalNode node, CancellationToken stop) =>
        (await node.AskAsync("ps", [], timeout: null, stop)).As(OperationsJson.Default.IReadOnlyListNodeRow);
}
