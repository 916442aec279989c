using System.Reflection;
using LocalCast.Supervision;

// Load contexts are counted over the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LocalCast.Agent.Tests;

/// <summary>Where the assemblies of LocalCast.TestPlugins lie, and manifests for them.</summary>
internal static class TestPlugins
{
    public static string Assembly { get; } = Path.Combine(FolderOf("TestPlugins"), "LocalCast.TestPlugins.dll");

    public static string AssemblyWithoutPlugins { get; } = Path.Combine(FolderOf("TestPlugins.Missing"), "LocalCast.TestPlugins.Missing.dll");

    public static NodeManifest Manifest(string name, string? type = null, string? settings = null, Isolation isolation = Isolation.InProcess, string? version = null) => new()
    {
        Name = name,
        Version = version,
        Folder = Path.GetDirectoryName(Assembly)!,
        Source = "node.json",
        Fingerprint = "1",
        Run = new RunSpec { Assembly = Path.GetFileName(Assembly), Type = type is null ? null : "LocalCast.TestPlugins." + type, Isolation = isolation, Settings = settings },
    };

    private static string FolderOf(string key) => Path.GetFullPath(
        typeof(TestPlugins).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!);
}
