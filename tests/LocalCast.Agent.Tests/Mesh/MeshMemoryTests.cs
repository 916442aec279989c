using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Testing;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Tests.Mesh;

public sealed class MeshMemoryTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"localcast-{Guid.NewGuid():n}");
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _log = new();

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
        else
        {
            File.Delete(_folder);
        }
    }

    [Fact]
    public void Restore_WhatWasSaved_IsThere()
    {
        var book = new AddressBook(new Random(1));
        book.AddLearnt("ws://10.0.0.1:46356", "far");
        var ledger = new MisbehaviourLedger();
        ledger.Add("bad", MisbehaviourLedger.Unbearable, _time.GetUtcNow());
        Memory().Save(new MeshKept(book.Save(TimeSpan.Zero), ledger.Content));

        (AddressBook restored, MisbehaviourLedger offenders) = Restore();

        Assert.Equal("ws://10.0.0.1:46356", restored.Entries.Single().Address);
        Assert.True(offenders.IsBanned("bad", _time.GetUtcNow()));
        Assert.Empty(Warnings);
    }

    [Fact]
    public void Restore_NothingWasSaved_IsTheFirstStart()
    {
        (AddressBook restored, _) = Restore();

        Assert.Empty(restored.Entries);
        Assert.Empty(Warnings);
    }

    /// <summary>An agent must start whatever became of the file.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"addresses":null,"offenders":null}""")]
    [InlineData("""{"addresses":{"entries":null},"offenders":{"entries":[]}}""")]
    [InlineData("""{"addresses":{"entries":[null]},"offenders":{"entries":[]}}""")]
    [InlineData("""{"addresses":{"entries":[]},"offenders":{"entries":[null]}}""")]
    [InlineData("""{"addresses":{"entries":[{"address":null}]},"offenders":{"entries":[]}}""")]
    [InlineData("""{"addresses":{"entries":[],"blocked":[null]},"offenders":{"entries":[]}}""")]
    [InlineData("\0\u0001\u0002")]
    public void Restore_OfAFileThatMakesNoSense_IsAsGoodAsNone(string content)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(FilePath, content);

        (AddressBook restored, _) = Restore();

        Assert.Empty(restored.Entries);
        Assert.Single(Warnings);
        Memory().Save(Nothing());
        Assert.NotEqual(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void Save_WhereNothingCanBeWritten_SaysSoOnceAndTriesAgain()
    {
        File.WriteAllText(_folder, "a file where the folder should be");
        MeshMemory memory = Memory();

        memory.Save(Nothing());
        memory.Save(Nothing());
        Assert.Single(Warnings);
        File.Delete(_folder);
        memory.Save(Nothing());

        Assert.True(File.Exists(FilePath));
    }

    [Fact]
    public void IsDue_NowAndThen()
    {
        MeshMemory memory = Memory();
        Assert.False(memory.IsDue);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(memory.IsDue);

        memory.Save(Nothing());

        Assert.False(memory.IsDue);
    }

    private IEnumerable<LogEntry> Warnings => _log.Entries.Where(entry => entry.Level >= LogLevel.Warning);

    private string FilePath => Path.Combine(_folder, "mesh.json");

    private MeshMemory Memory() => new(_folder, _time, _log.CreateLogger("mesh"));

    private static MeshKept Nothing() => new(new AddressBookContent { Entries = [] }, new LedgerContent { Entries = [] });

    private (AddressBook, MisbehaviourLedger) Restore()
    {
        var book = new AddressBook(new Random(1));
        var ledger = new MisbehaviourLedger();
        Memory().Restore(book, ledger);
        return (book, ledger);
    }
}
