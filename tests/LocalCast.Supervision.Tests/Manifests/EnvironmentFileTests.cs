namespace LocalCast.Supervision.Tests.Manifests;

public sealed class EnvironmentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-env-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Parse_WhatShellsWrite_IsUnderstood()
    {
        List<ManifestProblem> problems = [];
        IReadOnlyDictionary<string, string> variables = EnvironmentFile.Parse("""
            # a comment

            PLAIN=a b  # with a comment
              export EXPORTED = x
            HASH=a#b
            EMPTY=
            SINGLE='$a "b" \n' # comment
            DOUBLE="a\n\"b\" \$c \d"
            EQUALS=a=b
            PLAIN=last
            """.ReplaceLineEndings("\r\n"), "f", problems);
        Assert.Empty(problems);
        Assert.Equal(
            ["DOUBLE=a\n\"b\" $c \\d", "EMPTY=", "EQUALS=a=b", "EXPORTED=x", "HASH=a#b", "PLAIN=last", "SINGLE=$a \"b\" \\n"],
            variables.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_Mistakes_HaveTheirLinesAndNoValues()
    {
        List<ManifestProblem> problems = [];
        EnvironmentFile.Parse("A=1\nhush\nB C=hush\nD=\"hush\nE='x' hush\n", "f", problems);
        Assert.Equal(["line 2", "line 3", "line 4", "line 5"], problems.Select(problem => problem.Path));
        Assert.DoesNotContain(problems, problem => problem.Message.Contains("hush"));
    }

    [Fact]
    public void Read_Files_GiveWayToLaterOnesAndToTheManifest()
    {
        File.WriteAllText(Path.Combine(_folder, "a.env"), "A=1\nB=1\nC=1\n");
        File.WriteAllText(Path.Combine(_folder, "b.env"), "B=2\nC=2\n");
        NodeManifest manifest = Read("""{"name":"n","run":{"exec":"run","envFiles":["a.env","b.env","none.env?"],"env":{"C":"3"}}}""").Manifest!;
        Assert.Equal(["A=1", "B=2", "C=3"], manifest.Run.Environment.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["a.env", "b.env", "none.env"], manifest.Run.EnvironmentFiles.Select(file => Path.GetRelativePath(_folder, file)));
    }

    [Fact]
    public void Read_MissingFileOrBadLine_IsAProblemOfTheFile()
    {
        File.WriteAllText(Path.Combine(_folder, "a.env"), "A=1\nhush\nLOCALCAST_NODE=x");
        IReadOnlyList<ManifestProblem> problems = Read("""{"name":"n","run":{"exec":"run","envFiles":["a.env","none.env"]}}""").Problems;
        Assert.Equal(["a.env line 2", "a.env LOCALCAST_NODE", "none.env "], problems.Select(problem => $"{Path.GetFileName(problem.File)} {problem.Path}"));
    }

    private ManifestReading Read(string json) => Reading.Reader.Read(System.Text.Encoding.UTF8.GetBytes(json), Path.Combine(_folder, "node.json"));
}
