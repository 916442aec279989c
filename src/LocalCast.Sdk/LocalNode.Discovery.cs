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
    public async IAsyncEnumerable<FoundNode> PingAsync(TimeSpan? timeout = null, Scope scope = Scope.Machine, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        LinkSession session = _core.RequireSession();
        var pending = new PendingPing(_core.Options.TimeProvider, _core.Names.Find);
        TimeSpan window = timeout is { } shorter && shorter < PingRounds<LocalNode>.Window ? shorter : PingRounds<LocalNode>.Window;
        uint sequence = session.Add(pending, window);
        session.Send(new Envelope
        {
            Type = MessageType.Ping,
            Id = sequence.ToString(CultureInfo.InvariantCulture),
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
    /// <returns>Their descriptions, in the order asked.</returns>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.NodeNotReady"/> with the missing ones by name, when the time is over.</exception>
    public async ValueTask<IReadOnlyList<NodeDescription>> RequireAsync(IReadOnlyList<string> names, TimeSpan? timeout = null, Scope scope = Scope.Machine, CancellationToken cancellationToken = default) =>
        await Questions.RequireAsync(_core.RequireSession(), names, TimeoutOr(timeout), scope, cancellationToken).ConfigureAwait(false);

    /// <summary>Everybody who is in, clients too, as the agent knows them.</summary>
    public ValueTask<IReadOnlyList<NodeDescription>> ListAsync(CancellationToken cancellationToken = default) =>
        SendCall(NodeName.Agent, "ps", PayloadKind.None, default, AnswerReaders.Descriptions, timeout: null, cancellationToken);
}
