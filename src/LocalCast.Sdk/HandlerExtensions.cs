namespace LocalCast;

/// <summary>
/// Offers functions as methods. Arguments are read from the call's JSON array in order; a wrong number or a wrong type is the caller's
/// <see cref="Protocol.LocalCastError.BadRequest"/>, an exception is its <see cref="Protocol.LocalCastError.HandlerFailed"/>.
/// </summary>
/// <remarks>An <c>async</c> lambda fits the forms with Task and with ValueTask alike; those with Task go first, so that it compiles.</remarks>
public static partial class HandlerExtensions
{
    /// <summary>Serves a method with bytes instead of JSON.</summary>
    /// <param name="methods">The node.</param>
    /// <param name="method">The method.</param>
    /// <param name="handler">Gets the bytes, valid until it has ended, and returns those of the result.</param>
    public static void HandleBytes(this INodeMethods methods, string method, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> handler) =>
        Add(methods, method, handler, call =>
        {
            ValueTask<ReadOnlyMemory<byte>> result = handler(call.Payload, call.CancellationToken);
            if (!result.IsCompletedSuccessfully)
            {
                return ReplyBytesAsync(call, result);
            }

            call.ReplyBytes(result.Result.Span);
            return ValueTask.CompletedTask;
        });

    private static async ValueTask ReplyBytesAsync(CallContext call, ValueTask<ReadOnlyMemory<byte>> result)
    {
        ReadOnlyMemory<byte> bytes = await result.ConfigureAwait(false);
        call.ReplyBytes(bytes.Span);
    }

    private static void Add(INodeMethods methods, string method, Delegate handler, Func<CallContext, ValueTask> serve)
    {
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(handler);
        methods.AddHandler(method, serve);
    }
}
