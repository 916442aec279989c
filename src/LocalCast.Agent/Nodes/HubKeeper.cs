using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>Tells the supervisor what happens in the hub, and the hub what the supervisor makes of it.</summary>
internal sealed class HubKeeper : INodeKeeper
{
    private Supervisor? _supervisor;
    private AgentOperations? _operations;
    private AgentOperations? _meshOperations;

    /// <summary>Introduces the two; the hub exists before the supervisor does.</summary>
    public void Connect(Supervisor supervisor, AgentOperations operations)
    {
        _operations = operations;
        Volatile.Write(ref _supervisor, supervisor);
    }

    /// <summary>Adds what can be asked of the mesh.</summary>
    public void ConnectMesh(AgentOperations operations) => Volatile.Write(ref _meshOperations, operations);

    public IReadOnlyCollection<string> Methods => [.. _operations?.Names ?? [], .. _meshOperations?.Names ?? []];

    public Admission Admit(string name, int? pid, string? token)
    {
        if (Volatile.Read(ref _supervisor) is not { } supervisor)
        {
            return default;
        }

        Verdict verdict = supervisor.Live.Judge(name, pid, token);
        if (verdict.Culprit is { } culprit)
        {
            supervisor.Misnamed(culprit.Node, culprit.Generation, name);
        }

        return verdict.Refusal is { } reason
            ? new Admission(0, Refusal: new ErrorInfo(LocalCastError.Forbidden, reason), IsProvisional: verdict.IsProvisional)
            : new Admission(verdict.Generation, verdict.StandsBy);
    }

    // A client that joined by itself holds the name, and serves nobody by it; an instance that is one was meant to be.
    public void Arrived(NodeDescription node, long tag) =>
        _supervisor?.Joined(node.Name, (int)tag, node.Version, isReady: node.State == "Ready" && (tag != 0 || node.Role != "client"), node.Pid);

    public void Ready(string name, long tag) => _supervisor?.BecameReady(name, (int)tag);

    public void Left(string name, long tag, ErrorInfo reason) => _supervisor?.Left(name, (int)tag);

    public void Ponged(string name, long tag) => _supervisor?.Ponged(name, (int)tag);

    public void Extended(string name, long tag, TimeSpan more) => _supervisor?.Extended(name, (int)tag, more);

    public void CannotStop(string name, long tag) => _supervisor?.CannotStop(name, (int)tag);

    public void Drained(string name, long tag) => _supervisor?.Drained(name, (int)tag);

    public WakeAnswer Wake(string name, string by) =>
        _supervisor?.Wake(name, by) is { } answer ? new WakeAnswer(answer.IsComing, answer.Reason, answer.MayCome) : default;

    public string? Explain(string name) => _supervisor?.Explain(name);

    public bool TryCall(IAgentCall call) => _operations?.TryCall(call) == true || Volatile.Read(ref _meshOperations)?.TryCall(call) == true;
}
