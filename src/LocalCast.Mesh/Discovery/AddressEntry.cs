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
    internal AddressEntry(string address, AddressKind kind, string source) => (Address, Kind, Source) = (address, kind, source);

    /// <summary>The address, such as <c>ws://host:port</c>.</summary>
    public string Address { get; }

    /// <summary>How it came here.</summary>
    public AddressKind Kind { get; internal set; }

    /// <summary>Which agent told it.</summary>
    public string Source { get; }

    /// <summary>The agent that answered there.</summary>
    public string? Id { get; internal set; }

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

    internal TimeSpan PauseAfterFailure(double random)
    {
        (TimeSpan first, TimeSpan most) = Kind == AddressKind.Configured
            ? (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1))
            : (TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));
        TimeSpan longest = Failures >= 20 ? most : first * Math.Pow(2, Math.Max(0, Failures - 1));

        // Full jitter: many agents that lost the same peer do not come back at the same moment.
        return (longest < most ? longest : most) * random;
    }

    internal TimeSpan LongestPause => Kind == AddressKind.Configured ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);
}
