namespace LocalCast.Mesh;

/// <summary><c>data</c> of <c>addr_list</c> and <c>addr_announce</c>.</summary>
public sealed record AddressList : IMeshData
{
    /// <summary>The most addresses of a list.</summary>
    public const int Most = 1000;

    /// <summary>The addresses; one in an announcement.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    string? IMeshData.WhatIsWrong() => Addresses.Contains(null!) ? "an address is null" : null;
}
