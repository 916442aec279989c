using LocalCast.Protocol;
using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>Puts together what the hub knows of participants and the supervisor of its nodes.</summary>
internal sealed class NodeRows(Supervisor supervisor, Func<IReadOnlyList<NodeDescription>> participants, UsageMeter usage, TimeProvider timeProvider)
{
    public IReadOnlyList<NodeRow> All()
    {
        usage.Keep(supervisor.Views);
        Dictionary<string, NodeDescription> joined = participants().ToDictionary(node => node.Name, StringComparer.Ordinal);
        return [
            .. supervisor.Views.Values.Select(view => Supervised(view, joined.GetValueOrDefault(view.Manifest.Name)))
                .Concat(joined.Values.Where(node => !supervisor.Views.ContainsKey(node.Name)).Select(Guest))
                .OrderBy(row => row.Name, StringComparer.Ordinal),
        ];
    }

    public NodeRow? Find(string name) => supervisor.Views.TryGetValue(name, out NodeView? view)
        ? Supervised(view, participants().FirstOrDefault(node => node.Name == name))
        : participants().Where(node => node.Name == name).Select(Guest).FirstOrDefault();

    private NodeRow Supervised(NodeView view, NodeDescription? joined)
    {
        NodeManifest manifest = view.Manifest;
        (double CpuPercent, long MemoryBytes)? used = usage.Of(view);
        return new NodeRow
        {
            Name = manifest.Name,
            State = view.State.ToString(),
            Since = supervisor.TimeOf(view.Since),
            Restarts = view.Restarts,
            Pid = view.Pid,
            Requires = [.. manifest.Requires.Select(requirement => requirement.Node)],
            Reason = view.Reason,
            Role = "node",
            Version = joined?.Version ?? manifest.Version,
            Description = manifest.Description,
            Supervised = !view.IsForeign,
            Activation = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(manifest.Activation.Mode.ToString()),
            WaitingOn = view.WaitingOn,
            Until = view.Until is { } until ? supervisor.TimeOf(until) : null,
            LastExit = view.LastExit?.ToString(),
            ExitCode = view.LastExit?.Code,
            Notes = view.Notes,
            CpuPercent = used?.CpuPercent,
            MemoryBytes = used?.MemoryBytes,
            Methods = joined?.Methods,
            Topics = joined?.Topics,
            UptimeMs = joined?.UptimeMs,
            Channel = joined?.Channel ?? Channel.OfName(manifest.Name).ToString(),
        };
    }

    private NodeRow Guest(NodeDescription node) => new()
    {
        Name = node.Name,
        State = node.State ?? "Ready",
        Since = timeProvider.GetUtcNow() - TimeSpan.FromMilliseconds(node.UptimeMs ?? 0),
        Restarts = 0,
        Pid = node.Pid,
        Requires = node.Requires ?? [],
        Reason = null,
        Role = node.Role,
        Version = node.Version,
        Methods = node.Methods,
        Topics = node.Topics,
        UptimeMs = node.UptimeMs,
        Channel = node.Channel,
    };
}
