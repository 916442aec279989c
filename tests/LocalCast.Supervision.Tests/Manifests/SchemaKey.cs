using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests.Manifests;

/// <summary>One key as the schema describes it, and manifests that use it.</summary>
/// <param name="Section">The object it stands in, as in <see cref="ManifestKeys.BySection"/>.</param>
/// <param name="Name">The key.</param>
/// <param name="Description">What the schema says of it.</param>
internal sealed record SchemaKey(string Section, string Name, JsonElement Description)
{
    // What has to stand beside a key for it to be allowed at all.
    private static readonly Dictionary<string, string> _company = new()
    {
        ["run.isolation"] = """{"assembly":"a.dll"}""",
        ["run.type"] = """{"assembly":"a.dll"}""",
        ["run.settings"] = """{"assembly":"a.dll"}""",
        ["requires[].freshnessMs"] = """{"node":"a","scope":"mesh"}""",
        ["readiness.intervalMs"] = """{"kind":"http","url":"http://localhost/"}""",
        ["readiness.probeTimeoutMs"] = """{"kind":"http","url":"http://localhost/"}""",
        ["readiness.codes"] = """{"kind":"exit"}""",
        ["restart.maxBackoffMs"] = """{"backoffMs":1}""",
        ["activation.idleMs"] = """{"mode":"onDemand"}""",
    };

    public static JsonElement Schema { get; } = JsonSerializer.Deserialize<JsonElement>(RepositoryFiles.Read("docs", "schemas", "node.schema.json"));

    public static IReadOnlyList<SchemaKey> All { get; } =
    [
        .. ManifestKeys.BySection.Keys.SelectMany(section => Definition(section).GetProperty("properties").EnumerateObject().Select(key => new SchemaKey(section, key.Name, key.Value))),
    ];

    public string Path => (Section.Length == 0 ? "" : Section.Replace("[]", "[0]") + ".") + Name;

    public static JsonElement Definition(string section) => Schema.GetProperty("$defs").GetProperty(section switch
    {
        "" => "manifest",
        "requires[]" => "requirement",
        _ => section,
    });

    /// <summary>A manifest in which the key has a value, or is left out.</summary>
    public string With(JsonNode? value)
    {
        var root = new JsonObject { ["name"] = "dns", ["run"] = new JsonObject { ["exec"] = "run" } };
        string company = _company.GetValueOrDefault($"{Section}.{Name}") ?? (Section == "run" ? """{"exec":"run"}""" : Section == "requires[]" ? """{"node":"a"}""" : "{}");
        JsonObject target = Section.Length == 0 ? root : JsonNode.Parse(company)!.AsObject();
        if (Section == "requires[]")
        {
            root["requires"] = new JsonArray(target);
        }
        else if (Section.Length > 0)
        {
            root[Section] = target;
        }

        if (value is not null)
        {
            target[Name] = value;
        }

        return root.ToJsonString();
    }

    public string[] ProblemsOf(JsonNode value) => [.. Reading.Of(With(value)).Problems.Where(problem => problem.Path == Path).Select(problem => problem.Message)];
}
