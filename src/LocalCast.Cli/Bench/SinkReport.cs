using System.Text.Json.Serialization;

namespace LocalCast.Cli.Bench;

/// <summary>What the subscriber of a measurement has seen.</summary>
internal sealed record SinkReport
{
    /// <summary>Counted messages that arrived.</summary>
    public required int Received { get; init; }

    /// <summary>Messages per second, from the first counted to the last.</summary>
    public required double PerSecond { get; init; }

    public double? P50 { get; init; }

    public double? P99 { get; init; }
}

[JsonSerializable(typeof(SinkReport))]
internal sealed partial class SinkJson : JsonSerializerContext;
