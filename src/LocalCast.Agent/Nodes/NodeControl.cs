using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>An operator's orders: <c>start</c>, <c>stop</c>, <c>restart</c>, <c>upgrade</c>, <c>reload</c>. Each answers with the node's line of <c>ps</c> once it came to what was wanted.</summary>
internal sealed class NodeControl(Supervisor supervisor, NodeRows rows, KnownNodes known, Func<Task> reload)
{
    /// <summary>So long before its time is over a caller is told how far it came: an answer that comes later is none.</summary>
    private static readonly TimeSpan _mostMargin = TimeSpan.FromMilliseconds(500);

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
        string node = known.Check(request.Node);
        NodeRow? before = rows.Find(node);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PatienceOf(request.TimeLeft));
        ErrorInfo? error;
        try
        {
            error = await order(node, request.Caller, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new LocalCastException(LocalCastError.Timeout, $"{Why.Brief(node, supervisor.Views, supervisor.Now)}; what was begun goes on");
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

    private static TimeSpan PatienceOf(TimeSpan timeLeft)
    {
        TimeSpan margin = timeLeft / 10;
        TimeSpan patience = timeLeft - (margin < _mostMargin ? margin : _mostMargin);
        return patience > TimeSpan.Zero ? patience : TimeSpan.Zero;
    }

    /// <summary>Whoever asked for an upgrade counts on losing no calls.</summary>
    private NodeRow SayRestart(NodeRow row) =>
        supervisor.Views.TryGetValue(row.Name, out NodeView? view) && view.Upgrade?.RestartedBecause is { } because
            ? row with { RestartedBecause = because }
            : row;
}
