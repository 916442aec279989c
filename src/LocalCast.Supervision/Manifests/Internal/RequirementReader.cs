using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>Reads <c>requires</c>: names, or objects that say more.</summary>
internal static class RequirementReader
{
    private const long OneDay = 24 * 60 * 60 * 1000;

    private static readonly Requirement _defaults = new() { Node = "" };

    public static IReadOnlyList<Requirement> Read(Section root, ProblemList problems)
    {
        List<Requirement> requirements = [];
        foreach ((string path, JsonElement item) in root.Items("requires", "a list of names and objects") ?? [])
        {
            Requirement? requirement = item.ValueKind switch
            {
                JsonValueKind.String when item.GetString() is { } name => Named(name, path, problems),
                JsonValueKind.Object => Read(new Section(item, path, ManifestKeys.Requirement, problems)),
                _ => null,
            };
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
            {
                problems.Report(path, $"expected a name or an object, got {Section.Show(item)}");
            }
            else if (requirement is not null && requirements.Exists(other => other.Node == requirement.Node))
            {
                problems.Report(path, $"\"{requirement.Node}\" is required twice");
            }
            else if (requirement is not null)
            {
                requirements.Add(requirement);
            }
        }

        return requirements;
    }

    private static Requirement? Named(string name, string path, ProblemList problems)
    {
        if (NodeName.IsValid(name, out string? why))
        {
            return new Requirement { Node = name };
        }

        problems.Report(path, why);
        return null;
    }

    private static Requirement? Read(Section section)
    {
        string? node = Name(section);
        bool isMeshWide = section.Word("scope", ManifestWords.Scope) == "mesh";
        if (!isMeshWide)
        {
            section.Refuse("freshnessMs", "is for scope \"mesh\": what runs on this machine is always known at once");
        }

        var requirement = new Requirement
        {
            Node = node ?? "",
            Mode = section.Choice<RequirementMode>("mode") ?? _defaults.Mode,
            Version = Version(section),
            IsMeshWide = isMeshWide,
            Timeout = section.Milliseconds("timeoutMs", 1, OneDay) ?? _defaults.Timeout,
            Freshness = section.Milliseconds("freshnessMs", 1, OneDay),
        };
        return node is null ? null : requirement;
    }

    private static string? Name(Section section)
    {
        if (section.Text("node", "the name of a node") is not { } name)
        {
            if (!section.Has("node"))
            {
                section.Report("node", "is missing: expected the name of a node");
            }

            return null;
        }

        if (!NodeName.IsValid(name, out string? why))
        {
            section.Report("node", why);
        }

        return name;
    }

    private static VersionRange? Version(Section section)
    {
        if (section.Text("version", "a range of versions") is not { } text)
        {
            return null;
        }

        if (!VersionRange.TryParse(text, out VersionRange? range, out string? why))
        {
            section.Report("version", why);
        }

        return range;
    }
}
