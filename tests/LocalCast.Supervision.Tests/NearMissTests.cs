namespace LocalCast.Supervision.Tests;

public sealed class NearMissTests
{
    private static readonly string[] _names = ["greeter", "dns", "a"];

    [Theory]
    [InlineData("greter", "greeter")]
    [InlineData("Greeter", "greeter")]
    [InlineData("gretere", "greeter")]
    [InlineData("dsn", "dns")]
    [InlineData("ab", "a")]
    [InlineData("printer", null)]
    [InlineData("b", null)] // one letter that is wrong is no slip
    [InlineData("--", null)]
    [InlineData("", null)]
    public void Find_Word_IsTheNearestOrNone(string word, string? meant) => Assert.Equal(meant, NearMiss.Find(word, _names));

    [Fact]
    public void Find_VeryLongWord_IsNotCompared() => Assert.Null(NearMiss.Find(new string('g', 1000), [new string('g', 999)]));
}
