using System.Text.Json.Serialization;

namespace LocalCast.Mesh;

/// <summary><c>state_seq.data</c>: which versions of which documents the sender has.</summary>
public sealed record StateSeqData : IMeshData
{
    /// <summary>The documents; absent when only <see cref="Digest"/> is compared.</summary>
    public IReadOnlyList<StateSeqEntry>? Entries { get; init; }

    /// <summary>A number made of all documents that the sender has. Two agents with the same number have the same documents.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Digest { get; init; }

    string? IMeshData.WhatIsWrong() => Entries?.Contains(null!) == true ? "an entry is null" : null;
}

/// <summary>One document, by its version.</summary>
public sealed record StateSeqEntry
{
    /// <summary>Whose document.</summary>
    public required string Id { get; init; }

    /// <summary>The start of that agent.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Boot { get; init; }

    /// <summary>The number of the change.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Seq { get; init; }

    internal DocumentVersion Version => new(Boot, Seq);
}

/// <summary><c>state_request.data</c></summary>
public sealed record StateRequestData : IMeshData
{
    /// <summary>Whose documents.</summary>
    public required IReadOnlyList<string> Ids { get; init; }

    string? IMeshData.WhatIsWrong() => Ids.Contains(null!) ? "an id is null" : null;
}

/// <summary><c>state.data</c></summary>
public sealed record StateData : IMeshData
{
    /// <summary>The documents.</summary>
    public required IReadOnlyList<AgentDocument> Documents { get; init; }

    string? IMeshData.WhatIsWrong() =>
        Documents.Contains(null!) ? "a document is null" : Documents.Any(document => document.HasNull) ? "an entry of a document is null" : null;
}
