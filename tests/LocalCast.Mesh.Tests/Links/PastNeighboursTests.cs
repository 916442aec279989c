namespace LocalCast.Mesh.Tests.Links;

public sealed class PastNeighboursTests
{
    private readonly PastNeighbours _past = new();

    [Fact]
    public void Contains_ForTwoMinutes()
    {
        _past.Add("a", TimeSpan.FromSeconds(10));

        Assert.True(_past.Contains("a", TimeSpan.FromSeconds(129)));
        Assert.False(_past.Contains("a", TimeSpan.FromSeconds(130)));
        Assert.False(_past.Contains("b", TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Add_Many_ForgetsTheOldest()
    {
        for (int i = 0; i < 5000; i++)
        {
            _past.Add($"a{i}", TimeSpan.FromMilliseconds(i));
        }

        Assert.False(_past.Contains("a903", TimeSpan.FromSeconds(5)));
        Assert.True(_past.Contains("a904", TimeSpan.FromSeconds(5)));
    }
}
