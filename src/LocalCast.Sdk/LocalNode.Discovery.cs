using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <content>Finding others and waiting for them.</content>
public sealed partial class LocalNode
{
    /// <summary>Asks who is there. Ends when every node that was asked has answered, after 5 seconds at the latest.</summary>
    /// <param name="timeout">A shorter time.</param>
    /// <param name="scope">Who is asked. Of the mesh, an agent that cannot be reached any more is awaited to the end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<FoundNode> PingAsync(TimeSpan? timeout = null, Scope scope = Scope.Machine, CancellationToken cancellationToken = default) =>
        AskAsync(to: null, timeout, scope, cancellationToken);

    /// <summary>Asks one node who it is.</summary>
    /// <param name="node">Its name, or <c>name@agent</c> for that of one agent.</param>
    /// <param name="timeout">A shorter time than 5 seconds.</param>
    /// <param name="scope">Whether the nearest node of the name will do when this machine has none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.NodeNotFound"/>, <see cref="LocalCastError.NoRoute"/> and the like; <see cref="LocalCastError.Timeout"/> when it does not answer.</exception>
    public async ValueTask<FoundNode> PingAsync(string node, TimeSpan? timeout = null, Scope scope = Scope.Machine, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        await foreach (FoundNode found in AskAsync(node, timeout, scope, cancellationToken).ConfigureAwait(false))
        {
            return found;
        }

        throw new LocalCastException(LocalCastError.Timeout, $"'{node}' did not answer in time");
    }

    private async IAsyncEnumerable<FoundNode> AskAsync(string? to, TimeSpan? timeout, Scope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LinkSession session = _core.RequireSession();
        var pending = new PendingPing(_core.Options.TimeProvider, _core.Names.Find) { Target = to ?? "" };
        TimeSpan window = timeout is { } shorter && shorter < PingRounds<LocalNode>.Window ? shorter : PingRounds<LocalNode>.Window;
        uint sequence = session.Add(pending, window);
        session.Send(new Envelope
        {
            Type = MessageType.Ping,
            Id = sequence.ToString(CultureInfo.InvariantCulture),
            To = to,
            PayloadKind = PayloadKind.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(new PingData { Name = Name, Scope = Questions.WordFor(scope) }, ControlJson.Default.PingData),
        });
        session.Outbox.Flush();
        try
        {
            await foreach (FoundNode found in pending.Found.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return found;
            }
        }
        finally
        {
            session.TryTake(sequence, pending);
        }
    }

    /// <summary>Waits until nodes are ready.</summary>
    /// <param name="names">The nodes.</param>
    /// <param name="timeout">How long to wait; the node's default time-out if absent.</param>
    /// <param name="scope">Whether nodes of other agents will do.</param>
    /// <param name="freshness">Of other agents' nodes: how old the news may be. Older news is asked for anew, so an agent that has just died is not taken for alive.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their descriptions, in the order asked.</returns>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.NodeNotReady"/> with the missing ones by name, when the time is over.</exception>
    public async ValueTask<IReadOnlyList<NodeDescription>> RequireAsync(IReadOnlyList<string> names, TimeSpan? timeout = null, Scope scope = Scope.Machine, TimeSpan? freshness = null, CancellationToken cancellationToken = default) =>
        await Questions.RequireAsync(_core.RequireSession(), new RequireData { Names = names, Scope = Questions.WordFor(scope), FreshnessMs = (long?)freshness?.TotalMilliseconds }, TimeoutOr(timeout), cancellationToken).ConfigureAwait(false);

    /// <summary>Everybody who is in, clients too, as the agent knows them.</summary>
    public ValueTask<IReadOnlyList<NodeDescription>> ListAsync(CancellationToken cancellationToken = default) =>
        SendCall(NodeName.Agent, "ps", PayloadKind.None, default, AnswerReaders.Descriptions, timeout: null, cancellationToken);
}
