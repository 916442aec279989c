using System.Text.Json;
using LocalCast.Broadcasting;
using LocalCast.Protocol;

namespace LocalCast.Agent.Nodes;

/// <summary>What can be called of the agent itself, beside what the hub answers: the commands of an operator. A table of contents.</summary>
internal sealed class AgentOperations
{
    private readonly Dictionary<string, Operation> _operations;

    public AgentOperations(IReadOnlyDictionary<string, Operation> operations) => _operations = new(operations, StringComparer.Ordinal);

    public AgentOperations(NodeControl control, NodeInsight insight)
        : this(new Dictionary<string, Operation>
    {
        ["ps"] = insight.ListAsync,
        ["start"] = control.StartAsync,
        ["stop"] = control.StopAsync,
        ["restart"] = control.RestartAsync,
        ["upgrade"] = control.UpgradeAsync,
        ["reload"] = control.ReloadAsync,
        ["plan"] = insight.PlanAsync,
        ["why"] = insight.WhyAsync,
        ["graph"] = insight.GraphAsync,
        ["boot"] = insight.BootAsync,
        ["logs"] = insight.LogsAsync,
    })
    {
    }

    /// <summary>One operation: its arguments, who asks, and the JSON of its answer.</summary>
    internal delegate Task<byte[]> Operation(OperationRequest request, CancellationToken cancellationToken);

    public IReadOnlyCollection<string> Names => _operations.Keys;

    public bool TryCall(IAgentCall call)
    {
        if (!_operations.TryGetValue(call.Method, out Operation? operation))
        {
            return false;
        }

        _ = Task.Run(() => RunAsync(operation, call)); // not on the hub's thread: files and the process table may be read
        return true;
    }

    private static async Task RunAsync(Operation operation, IAgentCall call)
    {
        try
        {
            call.Complete(await operation(OperationRequest.Read(call), call.Cancellation).ConfigureAwait(false));
        }
        catch (LocalCastException e)
        {
            call.Fail(e.Error);
        }
        catch (JsonException e)
        {
            string place = e.Path is ['$', _, ..] path ? $" ({path[1..].TrimStart('.')})" : "";
            call.Fail(new ErrorInfo(LocalCastError.BadRequest, $"the arguments of '{call.Method}' are not what it takes{place}; docs/operations.md says what that is"));
        }
        catch (OperationCanceledException)
        {
            call.Fail(new ErrorInfo(LocalCastError.Timeout, $"{call.Method} is still under way")); // heard only by a caller who waits
        }
        catch (Exception e)
        {
            call.Fail(new ErrorInfo(LocalCastError.Internal, $"{call.Method}: {e.Message}"));
        }
    }
}
