using System.Text;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests;

public sealed class ProcessStatTests
{
    private const string Rest = " S 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33";

    [Theory]
    [InlineData("(sh)")]
    [InlineData("(a b)")]
    [InlineData("(a) S 1 2 3 (b)")]
    [InlineData("()))")]
    public void Parse_OfAnyName_ReadsTheFieldsAfterIt(string name)
    {
        Assert.True(ProcessStat.TryParse(7, Encoding.ASCII.GetBytes($"7 {name}{Rest}"), out ProcessStat stat));

        // As in proc(5): parent 4, session 6, times 14 to 17, start 22, resident 24.
        Assert.Equal(new ProcessStat(7, false, 10, 12, 20 + 21 + 22 + 23, 28, 30), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7 (sh")]
    [InlineData("7 (sh)")]
    [InlineData("7 (sh) S 1 2 3")]
    public void Parse_OfAPart_Fails(string text) => Assert.False(ProcessStat.TryParse(7, Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public async Task ChangeFolderByShell_RunsTheProgramThere()
    {
        await using var fixture = new RunnerFixture();
        string folder = Directory.CreateDirectory(Path.Combine(fixture.Folder, "-a 'b")).FullName;
        SpawnRequest request = Spawner.ChangeFolderByShell(new SpawnRequest
        {
            Program = "/bin/sh",
            Arguments = ["sh", "-c", "pwd; echo \"$1\"", "sh", "c d"],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = folder,
            Output = 1,
            Error = 2,
        });

        RecordingListener heard = await fixture.RunAsync(fixture.Spec(request.Program, [.. request.Arguments.Skip(1)]));

        Assert.Equal([folder, "c d"], heard.Output);
    }
}
