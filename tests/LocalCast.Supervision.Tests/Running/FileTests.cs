using LocalCast.Supervision.Internal;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

/// <summary>What outlives the agent on disk.</summary>
public sealed class FileTests : IDisposable
{
    private static readonly RememberedInstance _dns = new("dns", 3, "t0ken", new InstanceIdentity(41, 99, "boot")) { Files = ["/x"] };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("localcast-files-");
    private readonly LogCollector _log = new();

    private string InstancesPath => Path.Combine(_folder.FullName, "data", "instances.json");

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Instances_Written_ReadBackAndAreTheOwnersOnly()
    {
        InstanceFile file = Instances();
        file.Write(() => [], isUrgent: false);
        file.Write(() => [_dns], isUrgent: false);
        await file.DisposeAsync();

        RememberedInstance read = Assert.Single(Instances().Read());
        Assert.Equal((_dns.Node, _dns.Generation, _dns.Token, _dns.Identity), (read.Node, read.Generation, read.Token, read.Identity));
        Assert.Equal(["/x"], read.Files);
        Assert.Empty(_log.Entries);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(InstancesPath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(InstancesPath)!));
        }
    }

    [Fact]
    public async Task Instances_ADraftThatLeadsElsewhere_IsNotFollowed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InstancesPath)!);
        string other = Path.Combine(_folder.FullName, "other");
        await File.WriteAllTextAsync(other, "untouched");
        File.CreateSymbolicLink(InstancesPath + ".new", other);

        InstanceFile file = Instances();
        file.Write(() => [_dns], isUrgent: false);
        await file.DisposeAsync();

        Assert.Equal("untouched", await File.ReadAllTextAsync(other));
        Assert.Single(Instances().Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[null, {}, {\"node\":\"dns\"}, {\"node\":\"dns\",\"token\":\"t\",\"identity\":{}}]")]
    public void Instances_Nonsense_IsNobody(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InstancesPath)!);
        File.WriteAllText(InstancesPath, text);

        Assert.Empty(Instances().Read());
    }

    [Fact]
    public async Task History_OfManyTransitions_KeepsTheLastOnes()
    {
        var files = new HistoryFiles(Path.Combine(_folder.FullName, "history"), _log.CreateLogger(""));
        for (int i = 0; i < 1000; i++)
        {
            files.Append("Dns/x", Entry(i));
        }

        await files.DisposeAsync();

        IReadOnlyList<HistoryEntry> read = files.Read("Dns/x");
        Assert.InRange(read.Count, 200, 400);
        Assert.Equal(Entry(999), read[^1]);
        Assert.Equal(read.Count, read.Distinct().Count());
        Assert.Empty(files.Read("nobody"));
    }

    [Fact]
    public async Task History_AfterACrashInTheMiddleOfALine_GoesOn()
    {
        string folder = Path.Combine(_folder.FullName, "history");
        await using (var before = new HistoryFiles(folder, _log.CreateLogger("")))
        {
            before.Append("dns", Entry(1));
        }

        await File.AppendAllTextAsync(Path.Combine(folder, "dns.jsonl"), "{\"time\":");
        var after = new HistoryFiles(folder, _log.CreateLogger(""));
        after.Append("dns", Entry(2));
        after.Append("dns", Entry(3));
        await after.DisposeAsync();

        Assert.Equal([Entry(1), Entry(2), Entry(3)], after.Read("dns"));
    }

    private static HistoryEntry Entry(int number) => new(DateTimeOffset.UnixEpoch.AddSeconds(number), SupervisedState.Ready, $"cause {number}", "agent");

    private InstanceFile Instances() => new(InstancesPath, _log.CreateLogger(""), TimeProvider.System);
}
