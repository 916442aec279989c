using LocalCast.Agent.Nodes;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Nodes;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-").FullName;
    private readonly LogCollector _log = new();

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_HeldByAnother_IsRefusedAndNamesTheHolder()
    {
        using DataFolder first = Take("/tmp/first");

        LocalCastException refusal = Assert.Throws<LocalCastException>(() => Take("/tmp/second"));

        Assert.Equal(LocalCastError.DuplicateName, refusal.Code);
        Assert.Contains(Data, refusal.Message);
        Assert.Contains($"process {Environment.ProcessId}, at the pipe /tmp/first;", refusal.Message);
    }

    [Fact]
    public void Take_HolderHasGone_IsFree()
    {
        Take("/tmp/first").Dispose();

        using DataFolder second = Take("/tmp/second");

        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Take_FilesOfAKilledAgentAreThere_IsFree()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "agent.lock"), "");
        File.WriteAllText(Path.Combine(Data, "agent.holder"), "1\n/tmp/long-gone\n");
        using DataFolder next = Take("/tmp/next");

        LocalCastException refusal = Assert.Throws<LocalCastException>(() => Take("/tmp/third"));

        Assert.Contains("/tmp/next", refusal.Message);
        Assert.DoesNotContain("/tmp/long-gone", refusal.Message);
    }

    [Fact]
    public void Take_HolderIsNotWrittenDown_IsRefusedAllTheSame()
    {
        using DataFolder first = Take("/tmp/first");
        File.Delete(Path.Combine(Data, "agent.holder"));

        LocalCastException refusal = Assert.Throws<LocalCastException>(() => Take("/tmp/second"));

        Assert.Contains("not known", refusal.Message);
    }

    [Fact]
    public void Take_HeldByAnAgentOfAnotherMachine_NamesThatMachine()
    {
        using DataFolder first = Take("/tmp/first");
        File.WriteAllText(Path.Combine(Data, "agent.holder"), "42\n/tmp/first\nelsewhere\n");

        LocalCastException refusal = Assert.Throws<LocalCastException>(() => Take("/tmp/second"));

        Assert.Contains("process 42 on elsewhere, at the pipe", refusal.Message);
    }

    [Fact]
    public void Take_LockCannotBeMade_SaysSoAndGoesOn()
    {
        Directory.CreateDirectory(Path.Combine(Data, "agent.lock")); // to whoever may write everywhere a folder is as good as one to be read only

        using DataFolder folder = Take("/tmp/first");

        Assert.Contains(_log.Entries, entry => entry.Message.Contains("cannot be locked", StringComparison.Ordinal) && entry.Message.Contains(Data, StringComparison.Ordinal));
    }

    private DataFolder Take(string pipe) => DataFolder.Take(Data, pipe, _log.CreateLogger("data"));
}
