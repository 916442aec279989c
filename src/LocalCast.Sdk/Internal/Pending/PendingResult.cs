using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Reads the outcome of an answer on the reading thread.</summary>
internal delegate T AnswerReader<T>(in Packet packet, NodeJson json);

/// <summary>One answer that somebody awaits, without an allocation per question. Hot path.</summary>
internal sealed class PendingResult<T> : Pending, IValueTaskSource<T>
{
    private const int MostKept = 1024;

    private static readonly ConcurrentQueue<PendingResult<T>> _pool = new();

    private ManualResetValueTaskSourceCore<T> _core;
    private AnswerReader<T> _read = null!;
    private NodeJson _json = null!;
    private T _result = default!;
    private Exception? _failure;
    private CancellationTokenRegistration _cancellation;
    private LinkSession? _session;
    private uint _sequence;
    private CancellationToken _token;

    private PendingResult()
    {
    }

    public ValueTask<T> Task => new(this, _core.Version);

    public static PendingResult<T> Rent(string target, AnswerReader<T> read, NodeJson json)
    {
        if (!_pool.TryDequeue(out PendingResult<T>? pending))
        {
            pending = new PendingResult<T>();
        }

        pending.Target = target;
        pending._read = read;
        pending._json = json;
        return pending;
    }

    /// <summary>
    /// Has a token cancel it. Called once the question is queued, so that the word of its end goes behind it, and before anybody awaits the task,
    /// because whoever gets the result gives this object back. The answer may have come by then; it wins.
    /// </summary>
    public void CancelWith(LinkSession session, uint sequence, CancellationToken token)
    {
        if (!token.CanBeCanceled)
        {
            return;
        }

        (_session, _sequence, _token) = (session, sequence, token);
        _cancellation = token.UnsafeRegister(static state => ((PendingResult<T>)state!).OnCancelled(), this);
    }

    public override void Accept(in Packet packet)
    {
        if (packet.Has(PacketFlags.Error))
        {
            _failure = ToException(packet);
            return;
        }

        try
        {
            _result = _read(packet, _json);
        }
        catch (Exception e)
        {
            // Also whatever the user's own constructors and converters throw: it is this call's failure, not the reader's.
            _failure = new LocalCastException(LocalCastError.BadRequest, $"the answer of '{Target}' is not a {typeof(T).Name}: {e.Message}", e);
        }
    }

    public override void Fail(Exception failure) => _failure = failure;

    public override void Complete()
    {
        if (_failure is null)
        {
            _core.SetResult(_result);
        }
        else
        {
            _core.SetException(_failure);
        }
    }

    public T GetResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            // Also thrown, by the line above, for a token of an earlier use. Either way the object is not given back: it is still in use.
            throw new InvalidOperationException("The call has not ended; await it, and once only.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnCancelled()
    {
        // Whoever takes it out of the table completes it: an answer that came first wins.
        if (_session!.TryTake(_sequence, this))
        {
            _session.SendCancel(_sequence, Target);
            Fail(new OperationCanceledException(_token));
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Return()
    {
        _cancellation.Dispose();
        _cancellation = default;
        _core.Reset();
        (_session, _result, _failure, _token) = (null, default!, null, default);
        if (_pool.Count < MostKept)
        {
            _pool.Enqueue(this);
        }
    }
}
