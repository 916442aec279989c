namespace LocalCast.Mesh;

/// <summary>How an address came into the book.</summary>
public enum AddressKind
{
    /// <summary>Somebody told it; it never answered.</summary>
    New,

    /// <summary>It answered once.</summary>
    Tried,

    /// <summary>A person entered it: it is dialled for ever.</summary>
    Configured,
}

/// <summary>One address of the book.</summary>
public sealed class AddressEntry
{
    internal AddressEntry(string address, AddressKind kind, string source, TimeSpan? longestPause = null) =>
        (Address, Kind, Source, LongestPause) = (address, kind, source, longestPause ?? TimeSpan.FromHours(1));

    /// <summary>The address, such as <c>ws://host:port</c>.</summary>
    public string Address { get; }

    /// <summary>How it came here.</summary>
    public AddressKind Kind { get; internal set; }

    /// <summary>Which agent told it.</summary>
    public string Source { get; }

    /// <summary>The agent that answered there.</summary>
    public string? Id { get; internal set; }

    /// <summary>The agent that refused a link to here because it has another one with this agent. Its own word, and good for nothing but what is shown.</summary>
    public string? LinkedAs { get; internal set; }

    /// <summary>Attempts that failed since the last success.</summary>
    public int Failures { get; internal set; }

    /// <summary>What the last attempt failed of.</summary>
    public string? LastError { get; internal set; }

    internal DialOutcome LastOutcome { get; set; }

    /// <summary>Not to be dialled before.</summary>
    internal TimeSpan NotBefore { get; set; }

    internal bool IsDialling { get; set; }

    /// <summary>Which addresses share a fate: those of one host.</summary>
    internal string Group => Addresses.HostOf(Address);

    /// <summary>Whether an agent is, or says it is, who answered there.</summary>
    internal bool IsOf(string? agent) => agent is not null && (Id == agent || LinkedAs == agent);

    internal TimeSpan PauseAfterFailure(double random)
    {
        TimeSpan first = TimeSpan.FromSeconds(Kind == AddressKind.Configured ? 1 : 10);
        TimeSpan longest = Failures >= 20 ? LongestPause : first * Math.Pow(2, Math.Max(0, Failures - 1));

        // Full jitter: many agents that lost the same peer do not come back at the same moment.
        return (longest < LongestPause ? longest : LongestPause) * random;
    }

    /// <summary>To which its pauses grow.</summary>
    internal TimeSpan LongestPause { get; }
}
