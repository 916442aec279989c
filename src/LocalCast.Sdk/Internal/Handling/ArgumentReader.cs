namespace LocalCast.Internal;

/// <summary>Reads all arguments of a call, and refuses a wrong number of them.</summary>
internal static class ArgumentReader
{
    public static void Take(in CallContext call) => new Arguments(call.Call, 0).End();

    public static T1 Take<T1>(in CallContext call)
    {
        var arguments = new Arguments(call.Call, 1);
        T1 only = arguments.Next<T1>();
        arguments.End();
        return only;
    }

    public static (T1 Item1, T2 Item2) Take<T1, T2>(in CallContext call)
    {
        var arguments = new Arguments(call.Call, 2);
        (T1, T2) all = (arguments.Next<T1>(), arguments.Next<T2>());
        arguments.End();
        return all;
    }

    public static (T1 Item1, T2 Item2, T3 Item3) Take<T1, T2, T3>(in CallContext call)
    {
        var arguments = new Arguments(call.Call, 3);
        (T1, T2, T3) all = (arguments.Next<T1>(), arguments.Next<T2>(), arguments.Next<T3>());
        arguments.End();
        return all;
    }
}
