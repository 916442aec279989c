using System.Text.Json.Serialization;

namespace LocalCast.Mesh;

/// <summary>How the payloads of messages between agents, and what survives a restart, are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LinkHello))]
[JsonSerializable(typeof(AddressList))]
[JsonSerializable(typeof(AddressBookContent))]
[JsonSerializable(typeof(LedgerContent))]
[JsonSerializable(typeof(StateSeqData))]
[JsonSerializable(typeof(StateRequestData))]
[JsonSerializable(typeof(StateData))]
internal sealed partial class MeshJson : JsonSerializerContext;
