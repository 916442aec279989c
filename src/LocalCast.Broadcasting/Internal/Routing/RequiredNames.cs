using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Reads which nodes a <c>require</c> waits for: names, and in the mesh <c>name@agent</c> as well.</summary>
internal static class RequiredNames
{
    private const int Most = 256;

    public static bool TryRead(in Packet packet, UplinkPort mesh, out IReadOnlyList<string> names, out bool isForMesh, out string? why)
    {
        (names, isForMesh) = ([], false);
        why = packet.PayloadKind == PayloadKind.Json ? ScopeWords.Read(packet.Payload, out isForMesh) : null;
        try
        {
            RequireData? data = packet.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.RequireData) : null;
            names = data?.Names ?? [];
        }
        catch (JsonException)
        {
            // Told below.
        }

        why ??= names.Count is 0 or > Most ? $"require needs data.names with 1 to {Most} names" : null;
        foreach (string name in names)
        {
            why ??= WhatIsWrong(name, isForMesh, mesh.Session is not null);
        }

        return why is null;
    }

    private static string? WhatIsWrong(string name, bool isForMesh, bool hasMesh)
    {
        int at = name?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        return at < 0 ? Invalid(name, name)
            : !isForMesh ? $"'{name}' is the node of one agent, so it takes --mesh (\"scope\":\"mesh\" in a message)"
            : !hasMesh ? $"'{name}' is the node of another agent, and this one takes no part in a mesh"
            : name!.Length - at - 1 is 0 or > 256 || name.IndexOf('@', at + 1) >= 0 ? $"'{name}': behind the '@' belongs the id or name of an agent"
            : Invalid(name, name[..at]);
    }

    private static string? Invalid(string? said, string? name) => NodeName.IsValid(name, out string? invalid) ? null : $"'{said}': {invalid}";
}
