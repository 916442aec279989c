using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>One call that this node serves. Reused; it answers exactly once. Hot path.</summary>
internal sealed class IncomingCall : IThreadPoolWorkItem
{
    private const int MostKept = 1024;

    private static readonly ConcurrentQueue<IncomingCall> _pool = new();

    private readonly Action _finish;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _handling;
    private byte[] _payload = [];
    private int _payloadSize;
    private MethodTable.Entry _method = null!;
    private LinkSession _session = null!;
    private CancellationTokenSource? _cancellation;
    private IReadOnlyDictionary<string, string>? _headers;
    private bool _isAnswered;
    private bool _isCancellationTaken;

    private IncomingCall() => _finish = Finish;

    public uint Sequence { get; private set; }

    public string From { get; private set; } = "";

    public string Method => _method.Name;

    public PayloadKind PayloadKind { get; private set; }

    public uint? DeadlineMs { get; private set; }

    public IReadOnlyDictionary<string, string>? Headers => _headers;

    /// <summary>The arguments, valid until the handler has ended.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.AsMemory(0, _payloadSize);

    public NodeJson Json => _session.Node.Json;

    /// <summary>Cancelled when the caller gives up or the connection ends. Only handlers that ask for it pay for it.</summary>
    public CancellationToken Cancellation => (_cancellation ??= new CancellationTokenSource()).Token;

    public static IncomingCall Rent(LinkSession session, MethodTable.Entry method, string from, in Packet packet)
    {
        if (!_pool.TryDequeue(out IncomingCall? call))
        {
            call = new IncomingCall();
        }

        call._session = session;
        call._method = method;
        call.From = from;
        call.Sequence = packet.Sequence;
        call.PayloadKind = packet.PayloadKind;
        call.DeadlineMs = packet.DeadlineMs;
        call._headers = packet.Headers.IsEmpty ? null : BinaryCodec.ReadHeaders(packet.Headers);
        call._isAnswered = false;
        call._cancellation ??= new CancellationTokenSource();
        call._payload = ArrayPool<byte>.Shared.Rent(packet.Payload.Length);
        call._payloadSize = packet.Payload.Length;
        packet.Payload.CopyTo(call._payload);
        return call;
    }

    void IThreadPoolWorkItem.Execute() => Execute();

    /// <summary>Runs the handler. Its end comes back to this object without an allocation, at once or later.</summary>
    public void Execute()
    {
        try
        {
#pragma warning disable CA2012 // its result is taken exactly once, by Finish
            _handling = _method.Handler(new CallContext(this)).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        }
        catch (Exception e)
        {
            Fail(e);
            End();
            return;
        }

        if (_handling.IsCompleted)
        {
            Finish();
        }
        else
        {
            _handling.UnsafeOnCompleted(_finish);
        }
    }

    public void Reply<T>(T result)
    {
        JsonScratch scratch = NodeJson.Scratch;
        Json.Write(scratch, result);
        Reply(PayloadKind.Json, scratch.Written);
    }

    public void ReplyNothing() => Reply(PayloadKind.None, default);

    public void Reply(PayloadKind kind, ReadOnlySpan<byte> payload)
    {
        if (!_isAnswered)
        {
            _isAnswered = true;
            _session.SendResult(Sequence, kind, payload, _method.Name);
        }
    }

    /// <summary>Hands the source of cancellation out to be cancelled; it is never used for another call then. Called while the call is known to run.</summary>
    public CancellationTokenSource? TakeCancellation()
    {
        _isCancellationTaken = true;
        return _cancellation;
    }

    private void Finish()
    {
        try
        {
            _handling.GetResult();
        }
        catch (Exception e)
        {
            Fail(e);
        }

        End();
    }

    private void Fail(Exception e)
    {
        if (!_isAnswered)
        {
            _isAnswered = true;
            _session.SendResultError(Sequence, HandlerErrors.ToError(e, _method.Name, _cancellation?.IsCancellationRequested == true));
        }
    }

    private void End()
    {
        if (!_isAnswered)
        {
            ReplyNothing();
        }

        _session.Handling.Ended(this);
        Sequence = 0; // a context that outlives its call is found out
        ArrayPool<byte>.Shared.Return(_payload);
        (_payload, _payloadSize, _headers, _handling) = ([], 0, null, default);
        if (_isCancellationTaken || _cancellation?.TryReset() == false)
        {
            (_cancellation, _isCancellationTaken) = (null, false); // somebody may be cancelling it at this moment
        }

        if (_pool.Count < MostKept)
        {
            _pool.Enqueue(this);
        }
    }
}
