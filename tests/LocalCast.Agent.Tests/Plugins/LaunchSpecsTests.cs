using LocalCast.Agent.Internal;
using LocalCast.Agent.Plugins;
using LocalCast.Supervision;

namespace LocalCast.Agent.Tests;

public sealed class LaunchSpecsTests : IDisposable
{
    private static readonly SelfCommand _self = new("/opt/localcast", []);

    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void For_Assembly_IsThisCommandAsAPluginHost()
    {
        LaunchSpec spec = For(new RunSpec { Assembly = "bin/Dns.dll", Type = "Dns.Plugin", Settings = """{"a":1}""" });

        Assert.Equal("/opt/localcast", spec.Exec);
        Assert.Equal(["plugin-host", Path.Combine(_folder, "bin", "Dns.dll"), "--type", "Dns.Plugin"], spec.Args);
        Assert.Equal(_folder, spec.WorkingDirectory);
        Assert.Equal("""{"a":1}""", spec.Environment["LOCALCAST_SETTINGS"]);
        Assert.Equal(_folder, spec.Environment["LOCALCAST_PLUGIN"]);
    }

    [Fact]
    public void For_AssemblyInTheAgent_IsTheAssembly()
    {
        LaunchSpec spec = For(new RunSpec { Assembly = "bin/Dns.dll", Isolation = Isolation.InProcess });

        Assert.Equal(Path.Combine(_folder, "bin", "Dns.dll"), spec.Exec);
        Assert.Empty(spec.Args);
    }

    [Theory]
    [InlineData("python3", "python3")]
    [InlineData("./dht", "{0}/dht")]
    [InlineData("bin/dht", "{0}/bin/dht")]
    [InlineData("/usr/bin/env", "/usr/bin/env")]
    public void For_Executable_IsFoundOnThePathOrFromTheFolder(string exec, string expected)
    {
        LaunchSpec spec = For(new RunSpec { Exec = exec, Args = ["a b"], WorkingDirectory = "work" });

        Assert.Equal(string.Format(expected, _folder), spec.Exec);
        Assert.Equal(["a b"], spec.Args);
        Assert.Equal(Path.Combine(_folder, "work"), spec.WorkingDirectory);
    }

    [Fact]
    public void For_TellsTheChildWhoItIs()
    {
        LaunchSpec spec = For(new RunSpec { Exec = "x", Environment = new Dictionary<string, string> { ["K"] = "20", ["LOCALCAST_NODE"] = "another" } });

        Assert.Equal("/run/localcast", spec.Environment["LOCALCAST_PIPE"]);
        Assert.Equal("dns", spec.Environment["LOCALCAST_NODE"]); // a manifest does not make it somebody else
        Assert.Equal("t0ken", spec.Environment["LOCALCAST_INSTANCE"]);
        Assert.Equal("20", spec.Environment["K"]);
        Assert.Equal(spec.DataFolder, spec.Environment["LOCALCAST_DATA"]);
        Assert.True(Directory.Exists(spec.DataFolder));
        Assert.DoesNotContain("LOCALCAST_SETTINGS", spec.Environment.Keys);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), spec.Environment["PATH"]);
    }

    [Fact]
    public void For_NamesThatAreNoFolders_HaveFoldersOfTheirOwn()
    {
        string[] names = ["dns", "DNS", "Dns", "../dns", "..", "a/b", "a b", "con.", new string('x', 128)];

        string[] folders = [.. names.Select(name => For(new RunSpec { Exec = "x" }, name).DataFolder)];

        Assert.Equal(names.Length, folders.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(folders, folder => Assert.Equal(Path.Combine(_folder, "data"), Path.GetDirectoryName(folder)));
    }

    [Fact]
    public void Environment_LeavesOutWhatTheAgentSetForItselfOnly()
    {
        SocketCompletions.RunOnEventThread();
        Assert.True(SocketCompletions.IsSetHere, "the variable is set in the environment of the tests"); // by this, or by an agent that another test started

        LaunchSpec spec = For(new RunSpec { Exec = "x" });
        Assert.DoesNotContain(SocketCompletions.Variable, spec.Environment.Keys);

        LaunchSpec own = For(new RunSpec { Exec = "x", Environment = new Dictionary<string, string> { [SocketCompletions.Variable] = "1" } });
        Assert.Equal("1", own.Environment[SocketCompletions.Variable]); // the manifest's wish
    }

    [Fact]
    public void Environment_OfAnAgentThatIsItselfAChild_IsNotPassedOn()
    {
        Dictionary<string, string> inherited = new() { ["LOCALCAST_SETTINGS"] = "{}", ["LOCALCAST_VERSION"] = "9", ["LOCALCAST_INSTANCE"] = "other" };

        Dictionary<string, string> environment = ChildEnvironment.Create(inherited, Manifest(new RunSpec { Exec = "x" }, "dns"), "/run/localcast", "t0ken", "/data");

        Assert.DoesNotContain("LOCALCAST_SETTINGS", environment.Keys);
        Assert.DoesNotContain("LOCALCAST_VERSION", environment.Keys);
        Assert.Equal("t0ken", environment["LOCALCAST_INSTANCE"]);
    }

    [Fact]
    public void Self_StartedByDotnet_NamesTheAssembly()
    {
        Assert.Equal(["/app/localcast.dll"], SelfCommand.Find("/usr/bin/dotnet", "/app/localcast.dll").Args);
        Assert.Empty(SelfCommand.Find("/app/localcast", "/app/localcast.dll").Args);
    }

    private LaunchSpec For(RunSpec run, string name = "dns") =>
        LaunchSpecs.For(Manifest(run, name), generation: 1, token: "t0ken", pipe: "/run/localcast", dataRoot: Path.Combine(_folder, "data"), _self);

    private NodeManifest Manifest(RunSpec run, string name) => new() { Name = name, Folder = _folder, Source = "node.json", Fingerprint = "1", Run = run };
}
