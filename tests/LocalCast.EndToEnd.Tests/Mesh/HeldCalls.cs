using System.Threading.Channels;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A node's method that answers nothing until it is cancelled.</summary>
internal sealed class HeldCalls
{
    private readonly Channel<HeldCall> _calls = Channel.CreateUnbounded<HeldCall>();

    public void AddTo(LocalNodeOptions options)
    {
        options.AddHandler("hold", HoldAsync);
        options.AddHandler("time-left", call =>
        {
            call.Reply(call.Timeout?.TotalMilliseconds ?? -1);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Waits for the next one.</summary>
    public Task<HeldCall> NextAsync() => _calls.Reader.ReadAsync().DefaultTimeout();

    private async ValueTask HoldAsync(CallContext call)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = call.CancellationToken.Register(cancelled.SetResult);
        await _calls.Writer.WriteAsync(new HeldCall(cancelled.Task));
        await cancelled.Task;
        throw new OperationCanceledException();
    }
}

/// <summary>One of them.</summary>
/// <param name="Cancelled">Completes when its token is cancelled.</param>
internal sealed record HeldCall(Task Cancelled);
