using System.Reflection;
using System.Runtime.Loader;

namespace LocalCast.Agent.Plugins;

/// <summary>
/// Where a plugin's assemblies live: its own come from its folder, as its <c>.deps.json</c> says; what it shares with the agent (the SDK, and the abstractions that are
/// in the SDK's signatures) comes from the agent, so that both mean the same types.
/// </summary>
/// <remarks>Managed assemblies are read into memory: the file can be replaced while it runs, without the mapping changing under running code.</remarks>
internal sealed class PluginLoadContext : AssemblyLoadContext
{
    private static readonly HashSet<string> _shared = ["LocalCast.Sdk", "LocalCast.Protocol", "LocalCast.Transports"];

    private readonly AssemblyDependencyResolver _resolver;
    private readonly string _path;

    /// <param name="path">The plugin's assembly, in full.</param>
    /// <param name="isUnloadable">Whether it is to be unloaded one day; code that is not gets the runtime's full tiering.</param>
    public PluginLoadContext(string path, bool isUnloadable)
        : base(Path.GetFileNameWithoutExtension(path), isUnloadable)
    {
        _path = path;
        _resolver = new AssemblyDependencyResolver(path);
    }

    /// <summary>Loads the plugin's own assembly.</summary>
    public Assembly LoadPlugin() => LoadFromMemory(_path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name!))
        {
            return null; // the default context's
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromMemory(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool IsShared(string name) =>
        _shared.Contains(name)
        || (name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && name.EndsWith(".Abstractions", StringComparison.Ordinal))
        || name is "Microsoft.Extensions.Options" or "Microsoft.Extensions.Primitives";

    private Assembly LoadFromMemory(string path)
    {
        using var assembly = new MemoryStream(File.ReadAllBytes(path));
        string symbols = Path.ChangeExtension(path, ".pdb");
        if (!File.Exists(symbols))
        {
            return LoadFromStream(assembly);
        }

        using var withLines = new MemoryStream(File.ReadAllBytes(symbols));
        return LoadFromStream(assembly, withLines);
    }
}
