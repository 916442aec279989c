using System.Text.Json.Serialization;
using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>The content of <c>mesh.json</c>.</summary>
internal sealed record MeshKept(AddressBookContent Addresses, LedgerContent Offenders);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MeshKept))]
internal sealed partial class MeshKeptJson : JsonSerializerContext;
