using System.Text.Json.Serialization;

namespace LocalCast.Agent.Nodes;

/// <summary>How operations are answered: snake case as all control messages. What is absent is <c>null</c>, so that scripts find every key.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<NodeRow>))]
[JsonSerializable(typeof(NodeRow))]
[JsonSerializable(typeof(StateChange))]
[JsonSerializable(typeof(WhyAnswer))]
[JsonSerializable(typeof(GraphAnswer))]
[JsonSerializable(typeof(BootAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(LogsAnswer))]
[JsonSerializable(typeof(LogsRequest))]
public sealed partial class OperationsJson : JsonSerializerContext;
