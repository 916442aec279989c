using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Internal;

/// <summary>Gets a node in and keeps it in: connects, says hello, waits for what it requires, and does it all again when the agent has gone.</summary>
internal sealed class AgentLink : IAsyncDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);

    private readonly NodeCore _node;
    private readonly IByteConnector _connector;
    private readonly CancellationTokenSource _leaving = new();
    private readonly LinkTimer _timer;
    private TaskCompletionSource<HelloAck>? _welcome;
    private LinkSession? _current; // the connection that lives or is being made; the node's own only once it is in
    private volatile bool _isLeaving;
    private Task _reading = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;

    public AgentLink(NodeCore node)
    {
        _node = node;
        _connector = node.Options.Connector ?? new PipeConnector(PipeAddress.Choose(node.Options.Pipe), node.Options.TimeProvider);
        _timer = new LinkTimer(node);
        node.OnWelcomed = (session, ack) => (session == _current ? _welcome : null)?.TrySetResult(ack);
    }

    /// <summary>Joins for the first time.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        long start = _node.Options.TimeProvider.GetTimestamp();
        var pauses = new Backoff(_firstPause, _longestPause);
        while (true)
        {
            try
            {
                await EnterAsync(cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected && _node.Options.TimeProvider.GetElapsedTime(start) < _node.Options.WaitForAgent)
            {
                await PauseAsync(pauses, cancellationToken).ConfigureAwait(false);
            }
        }

        _keeping = KeepAsync();
    }

    /// <summary>Takes no new calls and finishes what is under way, as far as time allows. It stays in, but does not join again.</summary>
    public async ValueTask DrainAsync()
    {
        _isLeaving = true; // before the agent closes in answer to our goodbye: that is no reason to join again
        _node.ChangeState(NodeState.Draining);
        if (_node.Session is not { Ended: null } session)
        {
            return;
        }

        long start = _node.Options.TimeProvider.GetTimestamp();
        await session.Handling.WhenDrainedAsync().WaitAsync(_node.Options.DrainTimeout, _node.Options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (session.HasPending && session.Ended is null && _node.Options.TimeProvider.GetElapsedTime(start) < _node.Options.DrainTimeout)
        {
            await Task.Delay(_firstPause, _node.Options.TimeProvider).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves: finishes what is under way as far as time allows, sends what is queued, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        if (_node.Session is { Ended: null } session)
        {
            session.Send(new Envelope { Type = MessageType.Goodbye });
            await session.Outbox.CompleteAsync().WaitAsync(_lastWords, _node.Options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _leaving.CancelAsync().ConfigureAwait(false);
        var reason = new ErrorInfo(LocalCastError.Cancelled, $"'{_node.Name}' has left");
        _node.Session?.End(reason);
        await _keeping.ConfigureAwait(false);
        _current?.End(reason); // another one, if it was just getting back in
        await CloseAsync().ConfigureAwait(false);
        _timer.Dispose();
        _leaving.Dispose();
        _node.ChangeState(NodeState.Left);
        _node.Topics.CompleteAll(failure: null);
    }

    /// <summary>Keeps the node in until it leaves or is refused for good.</summary>
    private async Task KeepAsync()
    {
        while (true)
        {
            await _reading.ConfigureAwait(false);
            if (_isLeaving)
            {
                return;
            }

            ErrorInfo reason = _current!.Ended!;
            if (!_node.Options.Reconnect)
            {
                GiveUp(reason);
                return;
            }

            _node.ChangeState(NodeState.Reconnecting, reason);
            if (!await TryReturnAsync().ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Tries to get back in, as long as that makes sense.</summary>
    /// <returns>Whether it is in again.</returns>
    private async Task<bool> TryReturnAsync()
    {
        var pauses = new Backoff(_firstPause, _longestPause);
        while (!_isLeaving)
        {
            await PauseAsync(pauses, _leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await EnterAsync(_leaving.Token).ConfigureAwait(false);
                return true;
            }
            catch (LocalCastException e) when (IsFinal(e.Code))
            {
                GiveUp(e.Error);
                return false;
            }
            catch (Exception)
            {
                // No agent yet, the name not free yet, no descriptors left, or it leaves: the next round tries again or ends.
            }
        }

        return false;
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await CloseAsync().ConfigureAwait(false);
        IByteConnection connection = await _connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        bool isFirst = _node.Session is null;
        var session = new LinkSession(_node, connection);
        var welcome = new TaskCompletionSource<HelloAck>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_welcome, _current) = (welcome, session);
        _reading = ReadAsync(session, welcome);
        try
        {
            IReadOnlyList<string> methods = _node.Options.Methods.Names;
            IReadOnlyList<string> topics = _node.Topics.Patterns;
            session.Announced.UnionWith(topics);
            bool isReadyAtOnce = _node.Options.RequiredNodes.Count == 0 && !_node.IsHeldBack;
            SayHello(session, methods, topics, isReadyAtOnce);
            PrepareDescription();
            HelloAck ack = await welcome.Task.WaitAsync(Handshake.Limit, _node.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            _node.Agent = ack.Agent;
            _node.MaxFrameBytes = ack.Limits.MaxFrameBytes;
            _timer.Watch(session);
            _node.Session = session; // from now on others may send: nothing comes ahead of the hello
            await _node.TopicSync.SyncAllAsync(session, cancellationToken).ConfigureAwait(false);
            await AwaitRequiredAsync(session, isFirst, cancellationToken).ConfigureAwait(false);
            BecomeReady(session, isReadyAtOnce ? methods.Count : null);
        }
        catch (Exception e)
        {
            session.End(e is LocalCastException known ? known.Error : new ErrorInfo(LocalCastError.Cancelled, "joining was given up"));
            await CloseAsync().ConfigureAwait(false);
            throw e is TimeoutException ? new LocalCastException(LocalCastError.Timeout, "the agent did not answer the hello", e) : e;
        }
    }

    private void SayHello(LinkSession session, IReadOnlyList<string> methods, IReadOnlyList<string> topics, bool isReady)
    {
        var hello = new Hello
        {
            Protocol = [ProtocolVersion.Oldest, ProtocolVersion.Newest],
            Name = _node.Name,
            Version = _node.Options.Version,
            Role = _node.Options.IsClient ? "client" : "node",
            Pid = Environment.ProcessId,
            Methods = methods,
            Requires = _node.Options.RequiredNodes,
            Topics = topics,
            Ready = isReady,
            Instance = _node.Options.Instance ?? PluginEnvironment.InstanceOf(_node.Name),
        };
        session.Send(new Envelope { Type = MessageType.Hello, PayloadKind = PayloadKind.Json, Payload = JsonSerializer.SerializeToUtf8Bytes(hello, ControlJson.Default.Hello) });
        session.Outbox.Flush();
    }

    /// <summary>While the agent answers: the first ping then finds it made, and the code that makes it compiled.</summary>
    private void PrepareDescription()
    {
        if (!_node.Options.IsClient)
        {
            _node.Description.Prepare();
        }
    }

    private async Task AwaitRequiredAsync(LinkSession session, bool isFirst, CancellationToken cancellationToken)
    {
        while (_node.Options.RequiredNodes.Count > 0)
        {
            try
            {
                await Questions.RequireAsync(session, new RequireData { Names = _node.Options.RequiredNodes }, _node.Options.RequireTimeout, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.NodeNotReady && !isFirst)
            {
                // It was ready before and serves nobody yet; leaving and coming back would not bring the others sooner.
            }
        }
    }

    /// <summary>It is in and has what it requires: it serves, unless the program has not said yet that it can.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="announced">How many methods the agent knows of; <see langword="null"/> when it takes the node for not ready.</param>
    private void BecomeReady(LinkSession session, int? announced)
    {
        _node.FirstJoinedAt = _node.FirstJoinedAt > _node.Now ? _node.Now : _node.FirstJoinedAt;
        if (_node.IsHeldBack)
        {
            _node.ChangeState(NodeState.Joining);
            if (_node.IsHeldBack)
            {
                return; // whoever ends it from now on sees the state, and says ready
            }
        }

        int known = _node.Options.Methods.Names.Count;
        if (known != announced)
        {
            Questions.SendReady(session);
        }

        _node.ChangeState(NodeState.Ready);
        if (_node.Options.Methods.Names.Count != known)
        {
            Questions.SendReady(session); // a method that came meanwhile, when its adder could not know that we are in
        }
    }

    private static async Task ReadAsync(LinkSession session, TaskCompletionSource<HelloAck> welcome)
    {
        await LinkReader.Create(session).RunAsync().ConfigureAwait(false);
        welcome.TrySetException(new LocalCastException(session.Ended!));
        _ = welcome.Task.Exception; // seen, when nobody awaits it any more
    }

    /// <summary>Closes the connection of the session that ended, once nothing reads it any more.</summary>
    private async Task CloseAsync()
    {
        await _reading.ConfigureAwait(false);
        if (_current is { } session)
        {
            await session.Connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void GiveUp(ErrorInfo reason)
    {
        _node.ChangeState(NodeState.Left, reason);
        _node.Topics.CompleteAll(new LocalCastException(reason));
    }

    private async Task PauseAsync(Backoff pauses, CancellationToken cancellationToken) =>
        await Task.Delay(pauses.Next(Random.Shared.NextDouble()), _node.Options.TimeProvider, cancellationToken).ConfigureAwait(false);

    /// <summary>Refusals that another try cannot change. They are asked about only when joining failed, never when a connection broke.</summary>
    private static bool IsFinal(LocalCastError error) =>
        error is LocalCastError.BadRequest or LocalCastError.VersionMismatch or LocalCastError.Forbidden or LocalCastError.Unauthorized;
}
