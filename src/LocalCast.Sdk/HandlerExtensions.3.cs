using System.Runtime.CompilerServices;
using LocalCast.Internal;

namespace LocalCast;

/// <content>Methods with three arguments.</content>
public static partial class HandlerExtensions
{
    /// <summary>Serves a method.</summary>
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3));
        });

    /// <summary>Serves a method.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3));
        });

    /// <summary>Serves a method.</summary>
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3));
        });

    /// <summary>Serves a method that returns nothing.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, T2, T3>(this INodeMethods methods, string method, Func<T1, T2, T3, Task> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, CancellationToken, TResult> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3, call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, CancellationToken, Task<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3, call.CancellationToken));
        });

    /// <summary>Serves a method; the token is cancelled when the caller gives up.</summary>
    public static void Handle<T1, T2, T3, TResult>(this INodeMethods methods, string method, Func<T1, T2, T3, CancellationToken, ValueTask<TResult>> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3, call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing; the token is cancelled when the caller gives up.</summary>
    [OverloadResolutionPriority(1)]
    public static void Handle<T1, T2, T3>(this INodeMethods methods, string method, Func<T1, T2, T3, CancellationToken, Task> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            return Replies.With(call, handler(arguments.Item1, arguments.Item2, arguments.Item3, call.CancellationToken));
        });

    /// <summary>Serves a method that returns nothing.</summary>
    public static void Handle<T1, T2, T3>(this INodeMethods methods, string method, Action<T1, T2, T3> handler) =>
        Add(methods, method, handler, call =>
        {
            (T1 Item1, T2 Item2, T3 Item3) arguments = ArgumentReader.Take<T1, T2, T3>(call);
            handler(arguments.Item1, arguments.Item2, arguments.Item3);
            return ValueTask.CompletedTask;
        });
}
