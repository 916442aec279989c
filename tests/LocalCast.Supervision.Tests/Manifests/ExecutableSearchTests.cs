namespace LocalCast.Supervision.Tests.Manifests;

public sealed class ExecutableSearchTests
{
    [Fact]
    public void Find_OnUnix_TakesTheFirstFolderThatHasIt()
    {
        var search = new ExecutableSearch("/a::/b:/c", ".EXE", isWindows: false, file => file is "/b/x" or "/c/x" or "/c/y.EXE");
        Assert.Equal("/b/x", search.Find("x"));
        Assert.Null(search.Find("y"));
        Assert.Null(new ExecutableSearch(null, null, isWindows: false, _ => true).Find("x"));
        Assert.True(search.IsPath("./x"));
        Assert.False(search.IsPath("x\\y"));
    }

    [Fact]
    public void Find_OnWindows_TriesTheEndings()
    {
        static string Plain(string? file) => (file ?? "none").Replace('/', '\\');
        var search = new ExecutableSearch("C:\\a;C:\\b", ".COM;.exe", isWindows: true, file => Plain(file) is "C:\\b\\dotnet.exe" or "C:\\a\\script");
        Assert.Equal("C:\\b\\dotnet.exe", Plain(search.Find("dotnet")));
        Assert.Equal("C:\\b\\dotnet.exe", Plain(search.Find("dotnet.exe")));
        Assert.Null(search.Find("script"));
        Assert.True(search.IsPath("bin\\x"));
    }

    [Fact]
    public void OfThisProcess_FindsARealCommandAndNoFolder()
    {
        string command = OperatingSystem.IsWindows() ? "cmd" : "sh";
        Assert.True(File.Exists(ExecutableSearch.OfThisProcess().Find(command)));
        Assert.Null(ExecutableSearch.OfThisProcess().WithPath("/").Find("tmp"));
    }
}
