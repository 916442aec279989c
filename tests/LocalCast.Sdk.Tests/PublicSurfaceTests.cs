using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace LocalCast.Sdk.Tests;

/// <summary>What node authors see changes only on purpose: with PublicSurface.txt.</summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Sdk_PublicSurface_IsTheOneOnRecord()
    {
        var surface = new StringBuilder();
        foreach (Type type in typeof(LocalNode).Assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            surface.Append(Kind(type)).Append(' ').Append(Name(type)).Append('\n');
            foreach (string member in type.GetMembers(All).Select(Describe).OfType<string>().Order(StringComparer.Ordinal))
            {
                surface.Append("    ").Append(member).Append('\n');
            }
        }

        string actual = surface.ToString();
        string path = Path.Combine(AppContext.BaseDirectory, "PublicSurface.txt");
        string expected = File.ReadAllText(path);
        File.WriteAllText(path + ".actual", actual);
        Assert.True(expected == actual, $"The surface changed. If that is meant, copy {path}.actual over the project's PublicSurface.txt.");
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsSealed ? "sealed class"
        : "class";

    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo { DeclaringType.IsEnum: true, IsStatic: true } field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue())}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{field.Name}: {Name(field.FieldType)}",
        PropertyInfo property when IsSeen(property.GetMethod) || IsSeen(property.SetMethod) =>
            $"{property.Name}: {Name(property.PropertyType)} {{{(IsSeen(property.GetMethod) ? " get;" : "")}{(IsSeen(property.SetMethod) ? IsInit(property) ? " init;" : " set;" : "")} }}",
        EventInfo { AddMethod.IsPublic: true } e => $"event {e.Name}: {Name(e.EventHandlerType!)}",
        ConstructorInfo { IsPublic: true } constructor => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when IsSeen(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) =>
            $"{(method.IsStatic ? "static " : "")}{method.Name}{Generic(method)}({Parameters(method)}): {Name(method.ReturnType)}",
        _ => null,
    };

    private static bool IsSeen(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true };

    private static bool IsInit(PropertyInfo property) => property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.IsGenericParameter || type.Namespace is null or "System" ? type.Name : $"{type.Namespace}.{type.Name}";
        }

        string name = type.Name[..type.Name.IndexOf('`')];
        return $"{(type.Namespace is "System" ? "" : type.Namespace + ".")}{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
