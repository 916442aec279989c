namespace LocalCast.Mesh;

/// <summary>What survives a restart of an <see cref="AddressBook"/>.</summary>
public sealed record AddressBookContent
{
    /// <summary>The addresses.</summary>
    public required IReadOnlyList<SavedAddress> Entries { get; init; }

    /// <summary>Addresses that are not learnt again.</summary>
    public IReadOnlyList<string>? Blocked { get; init; }
}

/// <summary>One saved address.</summary>
public sealed record SavedAddress
{
    /// <summary>The address.</summary>
    public required string Address { get; init; }

    /// <summary>The agent that answered there.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it ever answered.</summary>
    public bool Tried { get; init; }

    /// <summary>Attempts that failed since.</summary>
    public int Failures { get; init; }

    /// <summary>How long it was not to be dialled when it was saved.</summary>
    public long WaitMs { get; init; }

    /// <summary>Who told it.</summary>
    public string? Source { get; init; }
}
