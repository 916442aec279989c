using System.Text.Json.Serialization;
using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Transports;

namespace LocalCast.Agent.Mesh;

/// <summary>What can be set of the mesh.</summary>
public sealed class MeshSettings
{
    /// <summary>Whether the agent takes part in a mesh at all: it listens, or has peers.</summary>
    public bool IsWanted => Port is not null || Peers.Count > 0;

    /// <summary>The port that other agents dial; 0 for any that is free.</summary>
    /// <value><see langword="null"/>: nobody can dial this agent</value>
    public int? Port { get; set; }

    /// <summary>The address or host name to listen on.</summary>
    /// <value><c>127.0.0.1</c>: agents of other machines get in only when it is changed</value>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Where others dial this agent, when that is not where it listens.</summary>
    /// <value><see langword="null"/>: the address that it listens on, where that is a single one</value>
    public string? PublicAddress { get; set; }

    /// <summary>Addresses of peers that are dialled for ever.</summary>
    public IReadOnlyList<string> Peers { get; set; } = [];

    /// <summary>The mesh's name; two networks never mix.</summary>
    /// <value><c>localcast</c></value>
    public string Network { get; set; } = "localcast";

    /// <summary>Groups whose messages this agent may see.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>How links are secured. Until agents have keys there is only <c>none</c>, which has to be said.</summary>
    public MeshSecurity Security { get; set; } = MeshSecurity.Tls;

    /// <summary>Whether other agents are told of the participants of this machine and of what they subscribe to. Without it this agent uses the mesh, forwards, and is not found by name.</summary>
    /// <value><see langword="true"/></value>
    public bool IsRegistryEnabled { get; set; } = true;

    /// <summary>Whether this agent takes part and forwards nothing for others.</summary>
    /// <value><see langword="false"/></value>
    public bool IsLeaf { get; set; }

    /// <summary>What was set of the mesh, by the words of whoever set it. It does nothing unless the mesh <see cref="IsWanted"/>.</summary>
    [JsonIgnore] // how it was set, and no setting
    public ISet<string> Said { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>How the links' WebSockets are made.</summary>
    public WebSocketTransportOptions Sockets { get; } = new();

    /// <summary>The bounds and times of the machine.</summary>
    public MeshOptions Options { get; set; } = new() { MeasureEvery = TimeSpan.FromSeconds(30) };

    /// <summary>Says so when something was set that does nothing.</summary>
    internal string? WhatIsInVain => IsWanted || Said.Count == 0 ? null
        : $"{string.Join(", ", Said)} {(Said.Count == 1 ? "is" : "are")} set and without effect: this agent takes no part in a mesh. That takes a port (mesh.port, --port) or peers (mesh.peers, --add-peer)";

    /// <summary>Why an agent does not take part in a mesh with these.</summary>
    internal string? WhyNotToStart(BroadcasterOptions agent) =>
        Security != MeshSecurity.None
            ? "this agent has no keys yet, so a mesh takes mesh.security: none (--mesh-security none), said on purpose: then whoever reaches the port is in"
        : AgentId.WhatIsWrong(agent.AgentId ?? agent.AgentName) is { } why ? $"no other agent would take this one's id: agent.id (--node-id) {why}"
        : null;

    /// <summary>What the agent says of itself from its start on.</summary>
    internal MeshSelf Describe(BroadcasterOptions agent, string? listenAddress, DateTimeOffset now) => new()
    {
        Id = agent.AgentId ?? agent.AgentName,
        Name = agent.AgentName,
        Network = Network,
        Boot = (ulong)now.ToUnixTimeMilliseconds(),
        Born = AgentBirth.Of(now, Random.Shared),
        Software = $"LocalCast {agent.AgentVersion}",
        ListenAddress = PublicAddress ?? listenAddress,
        TellsNodes = IsRegistryEnabled,
        IsLeaf = IsLeaf,
        Groups = Groups,
    };
}

/// <summary>How links between agents are secured.</summary>
public enum MeshSecurity
{
    /// <summary>Mutual TLS.</summary>
    Tls,

    /// <summary>Not at all: whoever reaches the port is in.</summary>
    None,
}
