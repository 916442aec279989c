namespace LocalCast.Mesh;

/// <summary>The time, as the owner of a machine passes it in.</summary>
/// <param name="Now">Time that only goes forward, for deadlines.</param>
/// <param name="Wall">The clock on the wall, for what other agents are told and what outlives a restart. It may jump.</param>
public readonly record struct MeshTime(TimeSpan Now, DateTimeOffset Wall);
