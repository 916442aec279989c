namespace LocalCast.TestPlugins.Missing;

/// <summary>A type of an assembly that is not shipped.</summary>
public static class Dependency
{
    public static string Value => "from the dependency";
}
