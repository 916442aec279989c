using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace LocalCast.Transports.Internal;

/// <summary>Reads a pipe whose other end may break in the words of whatever moves the bytes, and says so in the words of a connection. Hot path.</summary>
/// <remarks>There is one read at a time, so one object is all reads that wait, and none of them allocates.</remarks>
public sealed class CheckedReader : PipeReader, IValueTaskSource<ReadResult>
{
    private readonly PipeReader _inner;
    private readonly Action _continue;
    private ValueTask<ReadResult> _read;
    private Action<object?>? _continuation;
    private object? _state;

    /// <summary>Reads <paramref name="inner"/>.</summary>
    public CheckedReader(PipeReader inner)
    {
        _inner = inner;
        _continue = Continue;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read;
        try
        {
            read = _inner.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (DuplexConnection.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            throw DuplexConnection.Broken(e);
        }

        if (read.IsCompletedSuccessfully)
        {
            return read;
        }

        _read = read;
        return new ValueTask<ReadResult>(this, token: 0);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return _inner.TryRead(out result);
        }
        catch (Exception e) when (DuplexConnection.IsBroken(e))
        {
            throw DuplexConnection.Broken(e);
        }
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => _inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => _inner.CompleteAsync(exception);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) =>
        !_read.IsCompleted ? ValueTaskSourceStatus.Pending
        : _read.IsCompletedSuccessfully ? ValueTaskSourceStatus.Succeeded
        : ValueTaskSourceStatus.Faulted;

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        try
        {
            return _read.GetAwaiter().GetResult();
        }
        catch (Exception e) when (DuplexConnection.IsBroken(e))
        {
            throw DuplexConnection.Broken(e);
        }
    }

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (_continuation, _state) = (continuation, state);
        bool mustReturn = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter awaiter = _read.ConfigureAwait(mustReturn).GetAwaiter();
        awaiter.UnsafeOnCompleted(_continue);
    }

    private void Continue()
    {
        (Action<object?> continuation, object? state) = (_continuation!, _state);
        (_continuation, _state) = (null, null); // before the continuation, which may read again
        continuation(state);
    }
}
