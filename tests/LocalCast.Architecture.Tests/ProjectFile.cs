using System.Xml.Linq;

namespace LocalCast.Architecture.Tests;

/// <summary>What one project file says about its dependencies, read without evaluating it: conditions are ignored, so
/// that a reference made under any condition counts.</summary>
internal sealed record ProjectFile
{
    public required string Name { get; init; }

    public string Sdk { get; init; } = "Microsoft.NET.Sdk";

    public IReadOnlyList<string> Projects { get; init; } = [];

    public IReadOnlyList<string> Packages { get; init; } = [];

    public IReadOnlyList<string> Frameworks { get; init; } = [];

    /// <summary>References to an assembly file, which would slip past everything else.</summary>
    public IReadOnlyList<string> Assemblies { get; init; } = [];

    internal static ProjectFile Load(string path) =>
        Parse(Path.GetFileNameWithoutExtension(path), XDocument.Load(path));

    internal static ProjectFile Parse(string name, XDocument document) => new()
    {
        Name = name,
        Sdk = document.Root?.Attribute("Sdk")?.Value ?? "",
        Projects = [.. Included(document, "ProjectReference", IsReferenced).Select(ProjectName)],
        Packages = Included(document, "PackageReference"),
        Frameworks = Included(document, "FrameworkReference"),
        Assemblies = Included(document, "Reference"),
    };

    /// <summary>A project that is only built along is no dependency: nothing of it can be used.</summary>
    private static bool IsReferenced(XElement reference) =>
        !string.Equals((string?)reference.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase);

    private static List<string> Included(XDocument document, string item, Func<XElement, bool>? counts = null) =>
        [.. document.Descendants()
            .Where(element => element.Name.LocalName == item && counts?.Invoke(element) != false)
            .SelectMany(element => ((string?)element.Attribute("Include") ?? "").Split(';'))
            .Select(include => include.Trim())
            .Where(include => include.Length > 0)];

    private static string ProjectName(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
}
