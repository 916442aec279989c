using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>An operator's orders: <c>start</c>, <c>stop</c>, <c>restart</c>, <c>upgrade</c>, <c>reload</c>. Each answers with the node's line of <c>ps</c> once it came to what was wanted.</summary>
internal sealed class NodeControl(Supervisor supervisor, NodeRows rows, Func<Task> reload)
{
    public Task<byte[]> StartAsync(OperationRequest request, CancellationToken cancellationToken) => RunAsync(request, supervisor.StartAsync, cancellationToken);

    public Task<byte[]> StopAsync(OperationRequest request, CancellationToken cancellationToken) => RunAsync(request, supervisor.StopAsync, cancellationToken);

    public Task<byte[]> RestartAsync(OperationRequest request, CancellationToken cancellationToken) => RunAsync(request, supervisor.RestartAsync, cancellationToken);

    public Task<byte[]> UpgradeAsync(OperationRequest request, CancellationToken cancellationToken) => RunAsync(request, supervisor.UpgradeAsync, cancellationToken, SayRestart);

    public async Task<byte[]> ReloadAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        await reload().WaitAsync(cancellationToken).ConfigureAwait(false);
        return NodeInsight.Write(rows.All());
    }

    private async Task<byte[]> RunAsync(OperationRequest request, Func<string, string, CancellationToken, Task<ErrorInfo?>> order, CancellationToken cancellationToken, Func<NodeRow, NodeRow>? complete = null)
    {
        string node = request.Node;
        NodeRow? before = rows.Find(node);
        ErrorInfo? error;
        try
        {
            error = await order(node, request.Caller, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            string? why = supervisor.Views.ContainsKey(node) ? Why.Brief(node, supervisor.Views, supervisor.Now) : null;
            throw new LocalCastException(LocalCastError.Timeout, $"it goes on, but took longer than you wait: {why ?? node}");
        }

        if (error is not null)
        {
            throw new LocalCastException(error);
        }

        // A node whose plugin folder is gone is forgotten once it is down.
        NodeRow after = rows.Find(node)
            ?? before! with { State = nameof(SupervisedState.Disabled), Reason = "it is gone, as its plugin folder is", Pid = null, CpuPercent = null, MemoryBytes = null };
        return JsonSerializer.SerializeToUtf8Bytes(complete is null ? after : complete(after), OperationsJson.Default.NodeRow);
    }

    /// <summary>Whoever asked for an upgrade counts on losing no calls.</summary>
    private NodeRow SayRestart(NodeRow row) =>
        supervisor.Views.TryGetValue(row.Name, out NodeView? view) && view.Upgrade?.RestartedBecause is { } because
            ? row with { RestartedBecause = because }
            : row;
}
