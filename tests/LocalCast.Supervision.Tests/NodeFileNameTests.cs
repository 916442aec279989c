using System.Text;

namespace LocalCast.Supervision.Tests;

public sealed class NodeFileNameTests
{
    [Theory]
    [InlineData("db", "db")]
    [InlineData("a.b_c-1", "a.b_c-1")]
    [InlineData("..", "%2e%2e")]
    [InlineData("../x", "%2e.%2fx")]
    [InlineData("x.", "x%2e")]
    [InlineData("Dns", "%44ns")]
    [InlineData("ü%", "%c3%bc%25")]
    [InlineData("con", "%63on")]
    [InlineData("nul.txt", "%6eul.txt")]
    [InlineData("console", "console")]
    public void Of_ANode_IsSafe(string node, string name) => Assert.Equal(name, NodeFileName.Of(node));

    [Fact]
    public void Of_TheLongestNames_FitsAFileSystemAndTellsThemApart()
    {
        string[] nodes = [new('a', 128), new('語', 128), new string('語', 127) + "言", new('a', 120), new string('a', 119) + "b"];

        string[] names = [.. nodes.Select(NodeFileName.Of)];

        Assert.Equal(nodes.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 120));
    }
}
