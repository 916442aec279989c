namespace LocalCast.Protocol;

/// <summary>What each error is called and which number every other door gives it.</summary>
public static class ErrorCatalog
{
    private static readonly Dictionary<string, LocalCastError> _byName =
        Enum.GetValues<LocalCastError>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>All errors of the closed list.</summary>
    public static IReadOnlyCollection<LocalCastError> All => _byName.Values;

    /// <summary>The name that travels in <c>error.name</c>.</summary>
    public static string NameOf(LocalCastError error) => error.ToString();

    /// <summary>Finds an error by its name.</summary>
    public static bool TryFind(string name, out LocalCastError error) => _byName.TryGetValue(name, out error);

    /// <summary>Finds an error by its number.</summary>
    public static bool TryFind(int number, out LocalCastError error)
    {
        error = (LocalCastError)number;
        return Enum.IsDefined(error);
    }

    /// <summary>The code in a JSON-RPC 2.0 answer. What JSON-RPC has no code for lies in its server range, at -32000 minus the number.</summary>
    public static int JsonRpcCodeOf(LocalCastError error) => error switch
    {
        LocalCastError.BadRequest => -32602,
        LocalCastError.MethodNotFound => -32601,
        LocalCastError.NodeNotFound or LocalCastError.NoRoute or LocalCastError.HandlerFailed or LocalCastError.Internal => -32603,
        _ => -32000 - (int)error,
    };

    /// <summary>The exit code of the command: 1 for a defect, 10 plus the number, 40 and 42 for topics. 0 is success, 2 a wrong command line.</summary>
    public static int ExitCodeOf(LocalCastError error) => error switch
    {
        LocalCastError.Internal => 1,
        LocalCastError.NoSubscriber => 40,
        LocalCastError.SubscriberTimeout => 42,
        _ => 10 + (int)error,
    };
}
