using System.Text;

namespace LocalCast.Supervision.Tests.Manifests;

/// <summary>Reads manifests from text. On this machine the commands <c>run</c> and <c>python3</c> are installed and no others.</summary>
internal static class Reading
{
    public const string Folder = "/plugins/dns";
    public const string File = Folder + "/node.json";

    public static ManifestReader Reader { get; } = new(new ExecutableSearch("/bin", null, isWindows: false, file => file is "/bin/run" or "/bin/python3"));

    public static ManifestReading Of(string json, string? changes = null) =>
        Reader.Read(Encoding.UTF8.GetBytes(json), File, changes is null ? null : new NodeOverride("dns", changes, "/etc/agent.json", "/etc"));

    public static NodeManifest Good(string json, string? changes = null)
    {
        ManifestReading reading = Of(json, changes);
        Assert.Empty(reading.Problems);
        return reading.Manifest!;
    }

    /// <summary>A manifest with nothing but what must be there and the given members.</summary>
    public static string With(string members) => $$"""{"name":"dns","run":{"exec":"run"},{{members}}}""";

    public static string[] Problems(string json, string? changes = null) => [.. Of(json, changes).Problems.Select(problem => $"{problem.Path}: {problem.Message}")];
}
