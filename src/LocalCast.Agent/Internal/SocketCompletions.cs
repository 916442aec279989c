namespace LocalCast.Agent.Internal;

/// <summary>How the runtime completes socket operations in this process.</summary>
internal static class SocketCompletions
{
    /// <summary>The runtime's own variable.</summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Whether the variable was set here, and not by the user: then it is not for the processes that the agent starts.</summary>
    public static bool IsSetHere { get; private set; }

    /// <summary>Lets completions run on the thread that waits for socket events, instead of waking another one for each.</summary>
    /// <remarks>
    /// What the agent does with a frame is short and never blocks: it is routed and queued, and no code of a user's runs here. Passing
    /// it to the thread pool would cost more than doing it, twice per call. The runtime reads the variable once, before the process's
    /// first socket; a value that the user has set stays.
    /// </remarks>
    public static void RunOnEventThread()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            Environment.SetEnvironmentVariable(Variable, "1");
            IsSetHere = true;
        }
    }
}
