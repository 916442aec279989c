using LocalCast.Plugins.Dht;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Tests;

public sealed class KeyValueTableTests
{
    private static readonly TimeSpan _now = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(1, "seed")]
    [InlineData(2, "seed")]
    [InlineData(32, "127.0.0.1")]
    [InlineData(32, "192.0.2.1")]
    [InlineData(32, "2001:db8::1")]
    [InlineData(256, "192.0.2.1")]
    [InlineData(256, "2001:db8::1")]
    public void Put_ManyKeys_AreFoundFromWhicheverNodeIsAsked(int nodes, string seed)
    {
        var table = new KeyValueTable(new DhtSettings { Nodes = nodes }, seed);
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(Math.Min(3, nodes), table.Put($"key {i}", $"{i}", ttlSeconds: null, _now));
        }

        for (int i = 0; i < 500; i++)
        {
            Assert.Equal($"{i}", table.Get($"key {i}", _now));
        }

        Assert.Null(table.Get("another", _now));
        TableStats stats = table.Stats(_now);
        Assert.Equal((nodes, 500, 500 * Math.Min(3, nodes)), (stats.Nodes, stats.Entries, stats.Copies));
    }

    [Fact]
    public void Find_NamesTheNodesThatAreTrulyNearest()
    {
        var table = new KeyValueTable(new DhtSettings { Nodes = 200 }, "seed");
        for (int i = 0; i < 200; i++)
        {
            var place = NodeId.Of($"key {i}");
            string[] nearest = [.. table.Nodes.OrderBy(node => node.Id.DistanceTo(place)).Take(3).Select(node => node.Id.ToString())];

            Place found = table.Find($"key {i}");

            Assert.Equal(place.ToString(), found.Id);
            Assert.Equal(nearest, found.Nodes.Select(node => node.Id));
            Assert.Equal(found.Nodes.Select(node => node.Distance).Order(StringComparer.Ordinal), found.Nodes.Select(node => node.Distance));
        }
    }

    [Fact]
    public void Nodes_KnowFewerThanThereAre_AndSearchesAreShort()
    {
        var table = new KeyValueTable(new DhtSettings { Nodes = 256 }, "seed");
        for (int i = 0; i < 100; i++)
        {
            table.Find($"key {i}");
        }

        TableStats stats = table.Stats(_now);
        Assert.InRange(stats.Contacts, 8, 100);
        Assert.InRange(stats.Hops, 1, 10); // log2(256) is 8
    }

    [Fact]
    public void Put_Again_Replaces()
    {
        var table = new KeyValueTable(new DhtSettings(), "seed");
        table.Put("k", "\"long value\"", ttlSeconds: null, _now);
        table.Put("k", "1", ttlSeconds: null, _now);

        Assert.Equal("1", table.Get("k", _now));
        TableStats stats = table.Stats(_now);
        Assert.Equal((1, 1L, 3), (stats.Entries, stats.Bytes, stats.Copies));
    }

    [Fact]
    public void Entry_EndsWithItsTime()
    {
        var table = new KeyValueTable(new DhtSettings { TtlSeconds = 100 }, "seed");
        table.Put("short", "1", ttlSeconds: 5, _now);
        table.Put("usual", "2", ttlSeconds: null, _now);

        Assert.Equal("1", table.Get("short", _now + TimeSpan.FromSeconds(4.9)));
        Assert.Null(table.Get("short", _now + TimeSpan.FromSeconds(5)));
        Assert.False(table.Delete("short", _now + TimeSpan.FromSeconds(5)));
        Assert.Equal("2", table.Get("usual", _now + TimeSpan.FromSeconds(99)));
        TableStats stats = table.Stats(_now + TimeSpan.FromSeconds(100));
        Assert.Equal((0, 0L, 0), (stats.Entries, stats.Bytes, stats.Copies));
    }

    [Fact]
    public void Delete_LeavesNoCopy()
    {
        var table = new KeyValueTable(new DhtSettings(), "seed");
        table.Put("k", "1", ttlSeconds: null, _now);

        Assert.True(table.Delete("k", _now));

        Assert.False(table.Delete("k", _now));
        Assert.Null(table.Get("k", _now));
        Assert.Equal(0, table.Stats(_now).Copies);
    }

    [Fact]
    public void Bounds_AreKept()
    {
        var table = new KeyValueTable(new DhtSettings { MaxEntries = 2, MaxValueBytes = 10, MaxTotalBytes = 12, MaxTtlSeconds = 3600 }, "seed");
        Fails(LocalCastError.TooLarge, () => table.Put("k", "12345678901", ttlSeconds: null, _now));
        Fails(LocalCastError.BadRequest, () => table.Put("k", "1", ttlSeconds: 3601, _now));
        Fails(LocalCastError.BadRequest, () => table.Put("k", "1", ttlSeconds: 0, _now));
        Fails(LocalCastError.BadRequest, () => table.Put("", "1", ttlSeconds: null, _now));
        Fails(LocalCastError.BadRequest, () => table.Get(new string('k', 257), _now));

        table.Put("a", "1234567890", ttlSeconds: 10, _now);
        Fails(LocalCastError.Busy, () => table.Put("b", "123", ttlSeconds: null, _now)); // bytes
        table.Put("b", "12", ttlSeconds: null, _now);
        Fails(LocalCastError.Busy, () => table.Put("c", "1", ttlSeconds: null, _now)); // entries
        table.Put("a", "1", ttlSeconds: 10, _now); // one that is there may change
        Assert.Equal(3, table.Put("c", "1", ttlSeconds: null, _now + TimeSpan.FromSeconds(10))); // one is over
        Assert.Equal("12", table.Get("b", _now));
    }

    [Fact]
    public void Distance_IsXor()
    {
        NodeId[] ids = [.. Enumerable.Range(0, 50).Select(i => NodeId.Of($"{i}"))];
        NodeId own = ids[0];
        Assert.Equal(-1, own.BucketOf(own));
        foreach (NodeId other in ids.AsSpan(1))
        {
            Assert.Equal(own.DistanceTo(other), other.DistanceTo(own));
            Assert.Equal(other, own.DistanceTo(own.DistanceTo(other)));
            Assert.Equal(own.BucketOf(other), other.BucketOf(own));
            Assert.Equal(own.BucketOf(other), HighestBit(own.DistanceTo(other).ToString()));
        }

        byte[] one = new byte[20];
        byte[] other33 = new byte[20];
        other33[15] = 1; // bit 32, the lowest of the upper part
        Assert.Equal(32, NodeId.Read(one).BucketOf(NodeId.Read(other33)));
        other33[15] = 0;
        other33[19] = 1;
        Assert.Equal(0, NodeId.Read(one).BucketOf(NodeId.Read(other33)));
    }

    [Fact]
    public void Settings_ThatMakeNoSense_AreRefusedByName()
    {
        using var document = System.Text.Json.JsonDocument.Parse("""{"copies":9}""");
        Assert.Contains("copies", Assert.Throws<FormatException>(() => DhtSettings.Read(document.RootElement)).Message);
        using var sparse = System.Text.Json.JsonDocument.Parse("""{"nodes":5}""");
        Assert.Equal((5, 3), (DhtSettings.Read(sparse.RootElement).Nodes, DhtSettings.Read(sparse.RootElement).Copies)); // the rest stays as it is
        using var unknown = System.Text.Json.JsonDocument.Parse("""{"nodess":5}""");
        Assert.Throws<System.Text.Json.JsonException>(() => DhtSettings.Read(unknown.RootElement));
    }

    private static int HighestBit(string hex)
    {
        int digit = hex.AsSpan().IndexOfAnyExcept('0');
        return ((hex.Length - digit) * 4) - 1 - (System.Numerics.BitOperations.LeadingZeroCount(Convert.ToUInt32(hex[digit].ToString(), 16)) - 28);
    }

    private static void Fails(LocalCastError error, Action action) => Assert.Equal(error, Assert.Throws<LocalCastException>(action).Code);
}
