using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>What a supervisor works with.</summary>
public sealed record SupervisorParts
{
    /// <summary>Where nodes join.</summary>
    public required INodeBus Bus { get; init; }

    /// <summary>Starts processes.</summary>
    public required IProcessRunner Processes { get; init; }

    /// <summary>Runs trusted assemblies inside the agent.</summary>
    public required IInstanceRunner InProcess { get; init; }

    /// <summary>Makes of a manifest what is launched: node, generation, token.</summary>
    public required Func<NodeManifest, int, string, LaunchSpec> SpecOf { get; init; }

    /// <summary>The names of all who have joined.</summary>
    public required Func<IReadOnlyCollection<string>> JoinedNames { get; init; }

    /// <summary>Keeps what nodes print.</summary>
    public required NodeLogs Logs { get; init; }

    /// <summary>Asks nodes whether they are ready, by a command or by HTTP.</summary>
    public required ProbeRunner Probes { get; init; }

    /// <summary>Whether nodes of other agents will do where a manifest says so.</summary>
    public bool HasMesh { get; init; }

    /// <summary>Has a node of another agent show that it lives, within a time. Answers whether one did.</summary>
    public Func<Requirement, TimeSpan, Task<bool>> AskMesh { get; init; } = (_, _) => Task.FromResult(false);

    /// <summary>Where state outlives the agent.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }
}
