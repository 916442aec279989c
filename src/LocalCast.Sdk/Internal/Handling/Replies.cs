using System.Runtime.CompilerServices;

namespace LocalCast.Internal;

/// <summary>Answers a call with what a handler returns, in any of the ways in which it may return it. Hot path.</summary>
internal static class Replies
{
    public static ValueTask With<T>(in CallContext call, T result)
    {
        call.Reply(result);
        return ValueTask.CompletedTask;
    }

    public static ValueTask With<T>(in CallContext call, ValueTask<T> result)
    {
        if (!result.IsCompletedSuccessfully)
        {
            return AwaitAsync(call, result);
        }

        call.Reply(result.Result);
        return ValueTask.CompletedTask;
    }

    public static ValueTask With<T>(in CallContext call, Task<T> result) => With(call, new ValueTask<T>(result));

    public static ValueTask With(in CallContext _, Task done) => new(done);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitAsync<T>(CallContext call, ValueTask<T> result) => call.Reply(await result.ConfigureAwait(false));
}
