using System.Runtime.CompilerServices;
using LocalCast.Internal;

namespace LocalCast;

/// <content>Methods with one argument.</content>
public static partial class HandlerExtensions
{
    /// <summary>Serves a method.</summary>
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments));
        });

    /// <summary>Serves a method.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments));
        });

    /// <summary>Serves a method.</summary>
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments));
        });

    /// <summary>Serves a method that returns nothing.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1>(this INodeMethods methods, string method, Func<T1, Task> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, CancellationToken, TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments, call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, CancellationToken, Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments, call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<T1, TResult>(this INodeMethods methods, string method, Func<T1, CancellationToken, ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments, call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1>(this INodeMethods methods, string method, Func<T1, CancellationToken, Task> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            return Replies.With(call, handler(arguments, call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing.</summary>
    public static void Handle<T1>(this INodeMethods methods, string method, Action<T1> handler) =>
        Add(methods, method, handler, call =>
        {
            T1 arguments = ArgumentReader.Take<T1>(call);
            handler(arguments);
            return ValueTask.CompletedTask;
        });
}
