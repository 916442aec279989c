using System.Text.Encodings.Web;
using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>Places in a JSON document as people write them: <c>run.args[2]</c>, <c>run.env["a b"]</c>.</summary>
internal static class JsonPath
{
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Append(string path, string key)
    {
        bool isPlain = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$');
        return isPlain ? (path.Length == 0 ? key : path + "." + key) : $"{path}[{JsonSerializer.Serialize(key, _readable)}]";
    }

    public static string Append(string path, int index) => $"{path}[{index}]";

    public static bool IsAtOrBelow(string path, string ancestor) =>
        path.StartsWith(ancestor, StringComparison.Ordinal) && (path.Length == ancestor.Length || path[ancestor.Length] is '.' or '[');
}
