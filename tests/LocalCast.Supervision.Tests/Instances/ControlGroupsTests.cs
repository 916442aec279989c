using LocalCast.Supervision.Internal;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

/// <summary>On folders and files made up as the kernel's look: no cgroup v2 with controllers is needed.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("localcast-cgroup-");
    private readonly List<string> _notes = [];
    private readonly ResourceSpec _both = new() { MemoryBytes = 1000, Cpus = 0.5 };

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Create_WithControllersAbove_SetsTheCeilings()
    {
        MakeGroup("", "cpu memory");
        MakeGroup("app", "cpu memory pids");
        MakeGroup("app/agent", "");

        ControlGroup group = Create("app/agent", _both)!;

        string expected = Path.Combine(_root.FullName, "app", $"localcast-{Environment.ProcessId}");
        Assert.Equal("+memory +cpu", File.ReadAllText(Path.Combine(expected, "cgroup.subtree_control")));
        Assert.Equal("1000", File.ReadAllText(Path.Combine(expected, "a%2fb-7", "memory.max")));
        Assert.Equal("50000 100000", File.ReadAllText(Path.Combine(expected, "a%2fb-7", "cpu.max")));
        Assert.Empty(_notes);

        File.WriteAllText(Path.Combine(expected, "a%2fb-7", "cgroup.procs"), "");
        Assert.Null(group.Add(42));
        Assert.Equal("42", File.ReadAllText(Path.Combine(expected, "a%2fb-7", "cgroup.procs")));
    }

    [Fact]
    public void Create_WithoutTheController_SaysSo()
    {
        MakeGroup("", "pids");

        Assert.Null(Create("", _both));
        Assert.Equal(["memory ceiling and CPU ceiling not set: no writable cgroup v2 here"], _notes);
    }

    [Fact]
    public void Create_WithoutVersion2_SaysSo()
    {
        Assert.Null(Create("", new ResourceSpec { MemoryBytes = 1 }));
        Assert.Equal(["memory ceiling not set: no writable cgroup v2 here"], _notes);
    }

    [Fact]
    public void Create_WithoutCeilings_MakesNothing()
    {
        MakeGroup("", "cpu memory");

        Assert.Null(Create("", new ResourceSpec()));
        Assert.Empty(_notes);
        Assert.Empty(_root.GetDirectories());
    }

    [Theory]
    [InlineData("low 0\noom 0\noom_kill 0\n", false)]
    [InlineData("low 0\noom 1\noom_kill 2\n", true)]
    [InlineData(null, false)]
    public void WasOutOfMemory_IsWhatTheKernelCounted(string? events, bool expected)
    {
        if (events is not null)
        {
            File.WriteAllText(Path.Combine(_root.FullName, "memory.events"), events);
        }

        Assert.Equal(expected, new ControlGroup(_root.FullName).WasOutOfMemory);
    }

    [Fact]
    public async Task Launch_WithACeilingThatCannotBe_RunsWithANote()
    {
        await using var fixture = new RunnerFixture(new ProcessRunnerOptions { ControlGroupRoot = _root.FullName });
        LaunchSpec spec = fixture.Spec("true");

        RecordingListener heard = await fixture.RunAsync(spec with { Manifest = spec.Manifest with { Resources = _both } });

        Assert.Equal((0, null), await heard.ExitedTask.DefaultTimeout());
        Assert.Equal(["memory ceiling and CPU ceiling not set: no writable cgroup v2 here"], (await heard.LaunchedTask).Notes);
    }

    private ControlGroup? Create(string own, ResourceSpec resources)
    {
        string file = Path.Combine(_root.FullName, "self");
        File.WriteAllText(file, $"4:memory:/elsewhere\n0::/{own}\n");
        return new ControlGroups(_root.FullName, file).Create("a/b", 7, resources, _notes);
    }

    private void MakeGroup(string path, string handsOn)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root.FullName, path)).FullName;
        File.WriteAllText(Path.Combine(folder, "cgroup.controllers"), "cpu memory pids\n");
        File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), handsOn + "\n");
    }
}
