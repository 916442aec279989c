using System.Collections.Concurrent;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>All sessions, joined or not, and the tasks that run them.</summary>
internal sealed class SessionSet(Hub hub)
{
    private readonly ConcurrentDictionary<Session, Task> _running = new();
    private int _lastNumber;

    /// <summary>All sessions, joined or not.</summary>
    public IEnumerable<Session> All => _running.Select(entry => entry.Key);

    public int Count => _running.Count;

    /// <summary>Runs a session over a connection that was accepted.</summary>
    public void Start(IByteConnection connection)
    {
        var session = new Session(hub, connection, Interlocked.Increment(ref _lastNumber));
        if (_running.Count - (hub.Uplink.Session is null ? 0 : 1) >= hub.Options.MaxSessions)
        {
            session.Close(new ErrorInfo(LocalCastError.Busy, $"the agent has {hub.Options.MaxSessions} participants, no more fit"));
        }

        Run(session);
    }

    /// <summary>Runs the session of the uplink, which is in from the start.</summary>
    public Session StartUplink(IByteConnection connection)
    {
        var session = new Session(hub, connection, Interlocked.Increment(ref _lastNumber))
        {
            IsUplink = true,
            IsJson = false,
            Member = new Member(new Hello { Name = NodeName.ReservedPrefix, Protocol = [ProtocolVersion.Newest, ProtocolVersion.Newest] }, default),
            TakesCalls = true,
        };
        Run(session);
        return session;
    }

    /// <summary>Says goodbye to all and waits until their sessions have ended; each does within its close time-out.</summary>
    public async Task CloseAllAsync(ErrorInfo reason)
    {
        while (!_running.IsEmpty)
        {
            foreach (Session session in All)
            {
                session.Close(reason);
            }

            await Task.WhenAll(_running.Values).ConfigureAwait(false);
        }
    }

    private void Run(Session session)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[session] = done.Task;
        _ = RunAsync(session, done);
    }

    private async Task RunAsync(Session session, TaskCompletionSource done)
    {
        try
        {
            await new SessionLoop(hub, session).RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            HubLog.Defect(hub.Logger, session.Id, e); // one session's defect stays its own
        }
        finally
        {
            _running.TryRemove(session, out _);
            done.SetResult();
        }
    }
}
