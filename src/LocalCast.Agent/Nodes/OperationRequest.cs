using System.Text.Json;
using LocalCast.Broadcasting;
using LocalCast.Protocol;

namespace LocalCast.Agent.Nodes;

/// <summary>The arguments of an operation: a node's name first where there is one, then what else it takes.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Arguments">What it said.</param>
internal sealed record OperationRequest(string Caller, IReadOnlyList<JsonElement> Arguments)
{
    /// <summary>How long the caller waits.</summary>
    public TimeSpan TimeLeft { get; private init; }

    public static OperationRequest Read(IAgentCall call)
    {
        if (call.Arguments.IsEmpty)
        {
            return new OperationRequest(call.Caller, []) { TimeLeft = call.TimeLeft };
        }

        using JsonDocument document = JsonDocument.Parse(call.Arguments);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? new OperationRequest(call.Caller, [.. document.RootElement.EnumerateArray().Select(argument => argument.Clone())]) { TimeLeft = call.TimeLeft }
            : throw new LocalCastException(LocalCastError.BadRequest, "the arguments must be an array");
    }

    /// <summary>The name in the first place.</summary>
    public string Node => TextAt(0) ?? throw new LocalCastException(LocalCastError.BadRequest, "the first argument must be a node's name");

    /// <summary>All arguments as names.</summary>
    public IReadOnlyList<string> Names => [.. Enumerable.Range(0, Arguments.Count)
        .Select(place => TextAt(place) ?? throw new LocalCastException(LocalCastError.BadRequest, "every argument must be a node's name"))];

    /// <summary>The options: an object in the second place.</summary>
    public T? Options<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class => Arguments.Count > 1 ? Arguments[1].Deserialize(type) : null;

    private string? TextAt(int place) => Arguments.Count > place && Arguments[place].ValueKind == JsonValueKind.String ? Arguments[place].GetString() : null;
}
