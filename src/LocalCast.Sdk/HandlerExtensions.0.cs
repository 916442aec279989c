using System.Runtime.CompilerServices;
using LocalCast.Internal;

namespace LocalCast;

/// <content>Methods with no argument.</content>
public static partial class HandlerExtensions
{
    /// <summary>Serves a method.</summary>
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler());
        });

    /// <summary>Serves a method.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler());
        });

    /// <summary>Serves a method.</summary>
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler());
        });

    /// <summary>Serves a method that returns nothing.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle(this INodeMethods methods, string method, Func<Task> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler());
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<CancellationToken, TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler(call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<CancellationToken, Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler(call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<TResult>(this INodeMethods methods, string method, Func<CancellationToken, ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler(call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle(this INodeMethods methods, string method, Func<CancellationToken, Task> handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            return Replies.With(call, handler(call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing.</summary>
    public static void Handle(this INodeMethods methods, string method, Action handler) =>
        Add(methods, method, handler, call =>
        {
            ArgumentReader.Take(call);
            handler();
            return ValueTask.CompletedTask;
        });
}
