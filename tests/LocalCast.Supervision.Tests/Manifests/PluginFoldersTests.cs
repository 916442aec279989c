namespace LocalCast.Supervision.Tests.Manifests;

public sealed class PluginFoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("localcast-plugins-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Scan_SeveralDirectories_FindsEveryFolderWithAManifest()
    {
        Write("one/dns", Node("dns"));
        Write("one/.hidden", Node("hidden"));
        Write("two/x", Node("dht"));
        Directory.CreateDirectory(Path.Combine(_root, "two", "empty"));
        File.WriteAllText(Path.Combine(_root, "two", "README.md"), "not a folder");
        PluginScan scan = Scan(["one", "two", "one/"]);
        Assert.Equal(["dht", "dns", "hidden"], scan.Manifests.Select(manifest => manifest.Name));
        Assert.Equal(Path.Combine(_root, "two", "x"), scan.Manifests[0].Folder);
        Assert.Empty(scan.Problems);
    }

    [Fact]
    public void Scan_DirectoryThatIsNotThere_IsMissedOnlyWhenNamed()
    {
        var folders = new PluginFolders(Reading.Reader);
        Assert.Empty(folders.Scan([new PluginDirectory(Path.Combine(_root, "none"), IsExplicit: false)], []).Problems);
        ManifestProblem problem = Assert.Single(folders.Scan([new PluginDirectory(Path.Combine(_root, "none"), IsExplicit: true)], []).Problems);
        Assert.Contains("none: the plugin directory cannot be read", problem.ToString());
    }

    [Fact]
    public void Scan_SameNameTwice_RunsNeitherAndNamesBoth()
    {
        Write("one/a", Node("dns"));
        Write("one/b", Node("dns"));
        Write("one/c", Node("dht"));
        PluginScan scan = Scan(["one"]);
        Assert.Equal("dht", Assert.Single(scan.Manifests).Name);
        BrokenNode broken = Assert.Single(scan.Broken);
        Assert.Equal("dns", broken.Name);
        Assert.Contains(Path.Combine(_root, "one", "a", "node.json"), broken.Reason);
        Assert.Contains(Path.Combine(_root, "one", "b", "node.json"), broken.Reason);
    }

    [Fact]
    public void Scan_BrokenManifests_AreNodesWithReasons()
    {
        Write("one/dns", """{"name":"resolver","run":5}""");
        Write("one/dht", "no json");
        Write("one/good", Node("good"));
        Directory.CreateDirectory(Path.Combine(_root, "one", "odd", "node.json"));
        PluginScan scan = Scan(["one"]);
        Assert.Equal("good", Assert.Single(scan.Manifests).Name);
        Assert.Equal(["dht", "odd", "resolver"], scan.Broken.Select(node => node.Name));
        Assert.Contains("run: expected an object, got 5", scan.Broken[2].Reason);
        Assert.Equal(3, scan.Problems.Count);
        Assert.Equal(Path.Combine(_root, "one", "dns"), scan.Broken[2].Placeholder.Folder);
    }

    [Fact]
    public void Scan_Overrides_ChangePluginsAndAddNodes()
    {
        Write("one/dns", Node("dns"));
        PluginScan scan = Scan(["one"], ("dns", """{"essential":true}"""), ("mine", """{"run":{"exec":"run"}}"""), ("gone", """{"enabled":false}"""), ("a/b", "{}"));
        Assert.Equal(["dns", "mine"], scan.Manifests.Select(manifest => manifest.Name));
        Assert.True(scan.Manifests[0].IsEssential);
        Assert.Equal(_root, scan.Manifests[1].Folder);
        Assert.Equal("gone", Assert.Single(scan.Broken).Name);
        Assert.Contains(scan.Problems, problem => problem.Path == "nodes[\"a/b\"]");
    }

    private static string Node(string name) => $$"""{"name":"{{name}}","run":{"exec":"run"} }""";

    private PluginScan Scan(string[] directories, params (string Name, string Json)[] overrides) => new PluginFolders(Reading.Reader).Scan(
        [.. directories.Select(directory => new PluginDirectory(Path.Combine(_root, directory), IsExplicit: true))],
        [.. overrides.Select(change => new NodeOverride(change.Name, change.Json, Path.Combine(_root, "agent.json"), _root))]);

    private void Write(string folder, string json)
    {
        string path = Path.Combine(_root, folder);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "node.json"), json);
    }
}
