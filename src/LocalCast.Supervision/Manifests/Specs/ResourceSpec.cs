namespace LocalCast.Supervision;

/// <summary>Ceilings; absent ones are none.</summary>
public sealed record ResourceSpec
{
    /// <summary>Bytes of memory, of the whole process tree.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>CPU cores, as in 0.5.</summary>
    public double? Cpus { get; init; }
}
