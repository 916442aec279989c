using System.Text.Json;
using LocalCast.Agent.Nodes;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>What an operator may want to know of the mesh, and do: <c>peers</c>, <c>agents</c>, <c>route</c>, <c>why-peer</c>, <c>mesh-events</c>, <c>add-peer</c>, <c>remove-peer</c>.</summary>
internal sealed class MeshOperations(MeshDriver? driver, Func<IEnumerable<EventRow>>? portEvents = null)
{
    public IReadOnlyDictionary<string, AgentOperations.Operation> All => new Dictionary<string, AgentOperations.Operation>(StringComparer.Ordinal)
    {
        ["peers"] = PeersAsync,
        ["agents"] = AgentsAsync,
        ["route"] = RouteAsync,
        ["why-peer"] = WhyAsync,
        ["mesh-events"] = EventsAsync,
        ["add-peer"] = AddAsync,
        ["remove-peer"] = RemoveAsync,
    };

    private MeshDriver Driver => driver ?? throw new LocalCastException(LocalCastError.BadRequest, "this agent takes no part in a mesh: start it with --port, or with --add-peer (localcast up --help)");

    private Task<byte[]> PeersAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        PeerRow[] rows = Driver.Ask(0, static (machine, _, now) => machine.Peers(now).Select(peer => PeerRow.Of(peer, now.Wall)).ToArray());
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(rows, MeshOperationsJson.Default.PeerRowArray));
    }

    private Task<byte[]> AgentsAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        string? after = request.Arguments.Count > 0 ? request.Node : null;
        AgentRow[] rows = AgentPages.Page(Driver.Ask(0, static (machine, _, _) => AgentPages.Reachable(machine)), after);
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(rows, MeshOperationsJson.Default.AgentRowArray));
    }

    private Task<byte[]> RouteAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        RouteAnswer route = Driver.Ask(request.Node, static (machine, name, now) => RouteAnswer.Of(machine.RouteTo(name, now)));
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(route, MeshOperationsJson.Default.RouteAnswer));
    }

    private Task<byte[]> WhyAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        PeerAnswer answer = Driver.Ask(request.Node, static (machine, peer, now) => PeerAnswer.Of(peer, machine.WhyPeer(peer, now), now.Wall));
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(answer, MeshOperationsJson.Default.PeerAnswer));
    }

    private Task<byte[]> EventsAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        IEnumerable<EventRow> rows = Driver.Ask(0, static (machine, _, _) => machine.Events).Select(item => new EventRow(item.Key, item.Value));
        rows = rows.Concat((portEvents?.Invoke() ?? []).Where(row => row.Count > 0));
        return Task.FromResult(JsonSerializer.SerializeToUtf8Bytes(rows.OrderBy(row => row.Event, StringComparer.Ordinal).ToArray(), MeshOperationsJson.Default.EventRowArray));
    }

    private Task<byte[]> AddAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        ErrorInfo? wrong = Driver.Ask(request.Node, static (machine, address, now) => machine.AddPeer(address, now));
        Driver.Settle();
        return wrong is null ? Task.FromResult("true"u8.ToArray()) : throw new LocalCastException(wrong.Code, wrong.Message);
    }

    private Task<byte[]> RemoveAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        bool wasThere = Driver.Ask(request.Node, static (machine, peer, now) => machine.RemovePeer(peer, now));
        Driver.Settle();
        return wasThere ? Task.FromResult("true"u8.ToArray()) : throw new LocalCastException(LocalCastError.NodeNotFound, $"there is no peer '{request.Node}'");
    }
}
