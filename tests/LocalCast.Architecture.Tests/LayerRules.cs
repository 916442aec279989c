namespace LocalCast.Architecture.Tests;

/// <summary>The rules of the layers, as functions over project files, so that they can be tried on bad examples.</summary>
internal static class LayerRules
{
    private const string AspNetFramework = "Microsoft.AspNetCore.App";

    /// <summary>Every layer, in order: a project references only projects above it. Not all of them exist yet.</summary>
    internal static readonly IReadOnlyList<string> Layers =
    [
        "LocalCast.Protocol",
        "LocalCast.Transports",
        "LocalCast.Sdk",
        "LocalCast.Transports.Kestrel",
        "LocalCast.Broadcasting",
        "LocalCast.Supervision",
        "LocalCast.Mesh",
        "LocalCast.Agent",
        "LocalCast.Cli",
    ];

    private static readonly string[] WithoutPackages = ["LocalCast.Protocol", "LocalCast.Transports"];

    private static readonly string[] MayNameAspNet = ["LocalCast.Transports.Kestrel", "LocalCast.Agent"];

    // The command line contains the agent, so ASP.NET reaches it; it must not name it.
    private static readonly string[] MayReachAspNet = [.. MayNameAspNet, "LocalCast.Cli"];

    private static readonly string[] LoggingLibraries = ["Microsoft.Extensions.Logging", "Serilog", "NLog", "log4net"];

    /// <summary>Says what is wrong with the projects under <c>src</c>; nothing when all is well.</summary>
    internal static List<string> Check(IReadOnlyCollection<ProjectFile> projects) =>
        [.. projects.SelectMany(project => Check(project, projects))];

    internal static IEnumerable<string> Check(ProjectFile project, IReadOnlyCollection<ProjectFile> all) =>
    [
        .. CheckOrder(project),
        .. CheckAspNet(project, all),
        .. CheckPackages(project),
        .. project.Assemblies.Select(assembly => $"{project.Name} references the assembly file {assembly}."),
    ];

    private static IEnumerable<string> CheckOrder(ProjectFile project)
    {
        int own = LayerOf(project.Name);
        if (own < 0)
        {
            yield return $"{project.Name} is not in the list of layers.";
            yield break;
        }

        foreach (string reference in project.Projects)
        {
            int other = LayerOf(reference);
            if (other < 0)
            {
                yield return $"{project.Name} references {reference}, which is not in the list of layers.";
            }
            else if (other >= own)
            {
                yield return $"{project.Name} references {reference}, which is not above it.";
            }
        }
    }

    private static IEnumerable<string> CheckAspNet(ProjectFile project, IReadOnlyCollection<ProjectFile> all)
    {
        if (NamesAspNet(project))
        {
            if (!MayNameAspNet.Contains(project.Name))
            {
                yield return $"{project.Name} references ASP.NET.";
            }
        }
        else if (!MayReachAspNet.Contains(project.Name) && Reachable(project, all).FirstOrDefault(NamesAspNet) is { } carrier)
        {
            yield return $"{project.Name} gets ASP.NET through {carrier.Name}.";
        }
    }

    private static IEnumerable<string> CheckPackages(ProjectFile project)
    {
        if (WithoutPackages.Contains(project.Name))
        {
            foreach (string package in project.Packages)
            {
                yield return $"{project.Name} references the package {package}; it may reference none.";
            }
        }

        if (project.Name == "LocalCast.Sdk")
        {
            foreach (string package in project.Packages.Where(package => LoggingLibraries.Any(library => IsOrIsPartOf(package, library))))
            {
                yield return $"{project.Name} references the logging library {package}.";
            }
        }
    }

    private static bool NamesAspNet(ProjectFile project) =>
        project.Frameworks.Any(framework => IsOrIsPartOf(framework, AspNetFramework))
        || project.Packages.Any(package => IsOrIsPartOf(package, "Microsoft.AspNetCore"))
        || IsOrIsPartOf(project.Sdk, "Microsoft.NET.Sdk.Web")
        || IsOrIsPartOf(project.Sdk, "Microsoft.NET.Sdk.Razor");

    private static HashSet<ProjectFile> Reachable(ProjectFile start, IReadOnlyCollection<ProjectFile> all)
    {
        HashSet<ProjectFile> seen = [];
        Stack<ProjectFile> open = new([start]);
        while (open.TryPop(out ProjectFile? current))
        {
            foreach (ProjectFile next in all.Where(candidate => current.Projects.Contains(candidate.Name)))
            {
                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return seen;
    }

    // "Serilog" and "Serilog.Sinks.File" are part of "Serilog"; "SerilogX" is not.
    private static bool IsOrIsPartOf(string name, string family) =>
        name.Equals(family, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(family + ".", StringComparison.OrdinalIgnoreCase);

    private static int LayerOf(string name) => Layers.ToList().IndexOf(name);
}
