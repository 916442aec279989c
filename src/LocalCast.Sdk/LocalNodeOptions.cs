using System.Text.Json;
using System.Text.Json.Serialization;
using LocalCast.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast;

/// <summary>How a node joins and what it keeps to.</summary>
public sealed class LocalNodeOptions : INodeMethods
{
    private readonly List<string> _requires = [];
    private readonly HashSet<string> _allowed = new(StringComparer.Ordinal);

    /// <summary>The pipe of the agent.</summary>
    /// <value>what the environment variable LOCALCAST_PIPE says, else <c>localcast</c></value>
    public string? Pipe { get; set; }

    /// <summary>The version of the node's own software, at most 128 characters.</summary>
    public string? Version { get; set; }

    /// <summary>Whether it only asks and offers nothing. Clients are not found by a ping.</summary>
    /// <value><see langword="false"/></value>
    public bool IsClient { get; set; }

    /// <summary>The deadline of a call, a require or an acknowledged publication that names none, and of the wait for room in the queue to the agent.</summary>
    /// <value>30 s</value>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long joining may wait for an agent that is not there yet.</summary>
    /// <value>zero: an absent agent is an error at once</value>
    public TimeSpan WaitForAgent { get; set; }

    /// <summary>How long joining may wait for the nodes that it requires.</summary>
    /// <value>30 s</value>
    public TimeSpan RequireTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long disposing waits for handlers and calls that are under way.</summary>
    /// <value>5 s</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the node joins again when the agent has gone and come back.</summary>
    /// <value><see langword="true"/></value>
    public bool Reconnect { get; set; } = true;

    /// <summary>The most calls that are handled at a time; more fail with Busy at their callers.</summary>
    /// <value>4096</value>
    public int MaxConcurrentHandlers { get; set; } = 4096;

    /// <summary>The most calls of this node in flight.</summary>
    /// <value>16384</value>
    public int MaxConcurrentCalls { get; set; } = 16384;

    /// <summary>The most bytes that wait to be sent; whoever sends more waits. A message that is larger is refused with TooLarge.</summary>
    /// <value>4 MiB</value>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most messages that wait to be read in one subscription; what comes above is lost and counted in <see cref="TopicMessage{T}.Missed"/>.</summary>
    /// <value>65536</value>
    public int MaxQueuedMessages { get; set; } = 65536;

    /// <summary>The most bytes that wait to be read in one subscription, as they were published; what comes above is lost and counted likewise.</summary>
    /// <value>64 MiB</value>
    public int MaxQueuedTopicBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How arguments, results and publications become JSON.</summary>
    /// <value>the web defaults: camel case</value>
    public JsonSerializerOptions? Json { get; set; }

    /// <summary>The clock. Tests move it by hand.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>How to reach the agent, for transports other than the pipe.</summary>
    public IByteConnector? Connector { get; set; }

    /// <summary>Adds facts of the node's own to its description. Runs whenever somebody pings; what it throws is put in the description's error.</summary>
    public Func<string>? Describe { get; set; }

    internal IReadOnlyList<string> RequiredNodes => _requires;

    internal MethodTable Methods { get; } = new();

    internal bool IsHeldBack { get; private set; }

    /// <summary>The token of the instance, for code in the agent's own process, where the environment is the agent's.</summary>
    internal string? Instance { get; set; }

    /// <summary>Waits for other nodes before this one is ready.</summary>
    public LocalNodeOptions Requires(params ReadOnlySpan<string> names)
    {
        _requires.AddRange(names);
        return this;
    }

    /// <summary>Joins without being ready: the name is held and others can be called, but calls to the node fail until <see cref="LocalNode.ReadyAsync"/>.</summary>
    public LocalNodeOptions StartsNotReady()
    {
        IsHeldBack = true;
        return this;
    }

    /// <summary>Lets others call a method that is refused by default: <c>stop</c>, <c>start</c>, <c>configure</c>.</summary>
    public LocalNodeOptions Allow(params ReadOnlySpan<string> methods)
    {
        foreach (string method in methods)
        {
            _allowed.Add(method);
        }

        return this;
    }

    /// <summary>Serializes with source-generated code only: no reflection, fit for trimming.</summary>
    public LocalNodeOptions UseJson(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Json = new JsonSerializerOptions(context.Options) { TypeInfoResolver = context };
        return this;
    }

    /// <inheritdoc/>
    public void AddHandler(string method, Func<CallContext, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Methods.Add(method, handler);
    }

    internal bool IsAllowed(string method) => method is not ("stop" or "start" or "configure") || _allowed.Contains(method);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(DefaultTimeout, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentHandlers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedMessages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedTopicBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Version?.Length ?? 0, 128, nameof(Version)); // the agent refuses it
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxConcurrentCalls is > 0 and <= CallTable<int>.MaxCapacity, true, nameof(MaxConcurrentCalls));
    }
}
