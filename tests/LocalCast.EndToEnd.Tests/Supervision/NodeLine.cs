using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A node as <c>ps --json</c> shows it.</summary>
internal sealed record NodeLine(JsonElement Json)
{
    public string Name => Json.GetProperty("name").GetString()!;

    public string State => Json.GetProperty("state").GetString()!;

    public string? Reason => Json.GetProperty("reason").GetString();

    public int Restarts => Json.GetProperty("restarts").GetInt32();

    public int? Pid => Json.GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : null;
}
