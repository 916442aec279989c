using System.Reflection;
using LocalCast.Protocol;

namespace LocalCast.Agent.Plugins;

/// <summary>Makes a plugin of an assembly. Every way in which that can go wrong has its own sentence.</summary>
internal static class PluginLoader
{
    /// <summary>Loads the assembly, finds the type and makes one.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when trying again is pointless, <see cref="LocalCastError.HandlerFailed"/> when the constructor threw.</exception>
    public static INodePlugin Create(string path, string? typeName, bool isUnloadable, out PluginLoadContext context)
    {
        if (!File.Exists(path))
        {
            throw Wrong($"there is no assembly {path}");
        }

        try
        {
            context = new PluginLoadContext(path, isUnloadable);
        }
        catch (InvalidOperationException e)
        {
            throw Wrong($"{path} cannot be loaded: {e.Message}", e); // so the resolver speaks of a broken .deps.json
        }

        try
        {
            return Make(Find(context.LoadPlugin(), typeName));
        }
        catch (Exception e)
        {
            if (isUnloadable)
            {
                context.Unload(); // the next attempt has its own
            }

            throw e switch
            {
                LocalCastException known => known,
                BadImageFormatException => Wrong($"{path} is not a .NET assembly", e),
                _ => Wrong(PluginFailures.MissingAssembly(e) ?? PluginFailures.OneLine($"{path} cannot be loaded: {e.Message}"), e),
            };
        }
    }

    private static Type Find(Assembly assembly, string? typeName)
    {
        string file = assembly.GetName().Name!;
        if (typeName is not null)
        {
            Type type = assembly.GetType(typeName) ?? throw Wrong($"{file} has no type {typeName}");
            return IsPlugin(type) ? type : throw Wrong($"{typeName} is not a class that implements LocalCast.INodePlugin");
        }

        Type[] plugins = [.. TypesOf(assembly).Where(IsPlugin)];
        return plugins switch
        {
            [Type one] => one,
            [] => throw Wrong($"{file} has no class that implements LocalCast.INodePlugin"),
            _ => throw Wrong($"{file} has several plugins: {string.Join(", ", plugins.Select(type => type.FullName).Order(StringComparer.Ordinal))}; say which one with run.type"),
        };
    }

    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            Exception? cause = e.LoaderExceptions.FirstOrDefault(inner => inner is FileNotFoundException) ?? e.LoaderExceptions.FirstOrDefault();
            throw Wrong(cause is null ? e.Message : PluginFailures.MissingAssembly(cause) ?? cause.Message, e);
        }
    }

    private static bool IsPlugin(Type type) => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(INodePlugin).IsAssignableFrom(type);

    private static INodePlugin Make(Type type)
    {
        ConstructorInfo constructor = type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [])
            ?? throw Wrong($"{type.FullName} has no constructor without parameters");
        try
        {
            return (INodePlugin)constructor.Invoke([]);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } cause)
        {
            throw PluginFailures.MissingAssembly(cause) is { } missing
                ? Wrong(missing, cause)
                : new LocalCastException(new ErrorInfo(LocalCastError.HandlerFailed, PluginFailures.Threw($"the constructor of {type.FullName}", cause)), cause);
        }
    }

    private static LocalCastException Wrong(string message, Exception? inner = null) => new(new ErrorInfo(LocalCastError.BadRequest, message), inner);
}
