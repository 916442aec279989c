using static LocalCast.Supervision.Tests.Manifests.Reading;

namespace LocalCast.Supervision.Tests.Manifests;

public sealed class OverrideTests
{
    [Fact]
    public void Read_Changes_MergeObjectsAndReplaceTheRest()
    {
        NodeManifest manifest = Good(
            """{"name":"dns","run":{"exec":"run","args":["a","b"],"env":{"A":"1","B":"2"}},"requires":["x"]}""",
            """{"run":{"args":["c"],"env":{"B":"3","C":"4"}},"requires":[],"essential":true}""");
        Assert.Equal(("run", true), (manifest.Run.Exec, manifest.IsEssential));
        Assert.Equal(["c"], manifest.Run.Args);
        Assert.Equal(["A=1", "B=3", "C=4"], manifest.Run.Environment.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
        Assert.Empty(manifest.Requires);
        Assert.Equal(Folder, manifest.Folder);
    }

    [Fact]
    public void Read_ObjectOverAShortWord_KeepsTheWord()
    {
        ReadinessSpec readiness = Good(With("\"readiness\":\"notify\""), """{"readiness":{"timeoutMs":5}}""").Readiness;
        Assert.Equal((ReadinessKind.Notify, 5), (readiness.Kind, readiness.Timeout.TotalMilliseconds));
    }

    [Fact]
    public void Read_Mistakes_AreThoseOfTheFileThatHasThem() => Assert.Equal(
        [
            $"{Reading.File}: stop.killMs: expected a whole number from 100 to 3600000, got 1",
            "/etc/agent.json: nodes.dns.stop.timeoutMs: expected a whole number from 0 to 3600000, got -1",
        ],
        Of(With("\"stop\":{\"killMs\":1}"), """{"stop":{"timeoutMs":-1}}""").Problems.Select(problem => problem.ToString()).Order(StringComparer.Ordinal).Reverse());

    [Fact]
    public void Read_KeyThatIsTwiceInTheChanges_IsAProblemThere() =>
        Assert.Equal("/etc/agent.json (nodes.dns): run.cwd: is there twice", Assert.Single(Of(With("\"enabled\":true"), """{"run":{"cwd":"a","cwd":"b"}}""").Problems).ToString());

    [Fact]
    public void Read_ChangedName_IsRefused() => Assert.StartsWith("nodes.dns.name: expected \"dns\"", Assert.Single(Problems(With("\"enabled\":true"), """{"name":"other"}""")), StringComparison.Ordinal);

    [Fact]
    public void Read_NodeOfTheConfigurationAlone_StartsInItsFolder()
    {
        ManifestReading reading = Reader.Read(new NodeOverride("mine", """{"run":{"exec":"run"}}""", "/etc/agent.json", "/etc"));
        Assert.Equal(("mine", "/etc", "/etc/agent.json (nodes.mine)"), (reading.Manifest!.Name, reading.Manifest.Folder, reading.Manifest.Source));
        Assert.Equal(
            "/etc/agent.json (nodes.mine): no plugin is called \"mine\", and this does not say what to run",
            Assert.Single(Reader.Read(new NodeOverride("mine", """{"enabled":false}""", "/etc/agent.json", "/etc")).Problems).ToString());
    }
}
