using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class EvictionTests
{
    private static readonly MeshOptions _options = new();

    [Fact]
    public void Choose_TheYoungestOfTheLargestGroupGoes()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, i <= 20 ? $"10.1.0.{i}:1" : $"10.{i}.0.1:1"))];

        Assert.Equal(20, Choose(links)!.Number);
    }

    [Fact]
    public void Choose_FloodFromOnePlace_EvictsItsOwn()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 40).Select(i => Link(i, $"10.{i}.0.1:1"))];
        for (int newcomer = 100; newcomer < 300; newcomer++)
        {
            links.Remove(Choose(links)!);
            links.Add(Link(newcomer, $"66.6.{newcomer / 250}.{newcomer % 250}:1"));
        }

        // The flood could take the places of some, and then pushed out nobody but itself.
        Assert.InRange(links.Count(link => link.Number < 100), 30, 40);
    }

    [Fact]
    public void Choose_WhoHasPointsGoesFirst()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, $"10.1.0.{i}:1"))];

        Assert.Equal(25, Eviction.Choose(links, id => id == "p25" ? 20 : 0, _ => 0)!.Number);
    }

    [Fact]
    public void Choose_WhoLeadsToOthers_Stays()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, $"10.1.0.{i}:1"))];

        Assert.Equal(29, Eviction.Choose(links, _ => 0, id => id == "p30" ? 5 : 1)!.Number);
    }

    [Fact]
    public void Choose_OnlyUsefulOnes_NobodyGoes() => Assert.Null(Choose([.. Enumerable.Range(1, 8).Select(i => Link(i, $"10.{i}.0.1:1"))]));

    [Fact]
    public void Machine_InboundFull_EvictsOneForTheNewcomerAndTellsItWhy()
    {
        var mesh = new MeshPair(options => (options.MostInbound, options.EvictInbound) = (20, true));
        for (int i = 0; i < 20; i++)
        {
            mesh.Join($"p{i}");
        }

        mesh.Join("newcomer");

        CloseLink closed = Assert.Single(mesh.Of<CloseLink>());
        Assert.Equal(LocalCastError.Busy, closed.Reason.Code);
        Assert.Equal(20, mesh.Machine.Links.Count);
        Assert.Contains(mesh.Machine.Links, link => link.Peer!.Id == "newcomer");
        Assert.Single(mesh.Of<MeshNotice>(), notice => notice.Name == "link_evicted");
    }

    [Theory]
    [InlineData("192.0.2.1:51000", "ws://192.0.77.1:46356", true)] // who dialled in has an address and no URL
    [InlineData("[2001:db8::1]:51000", "ws://[2001:db8:ffff::1]:46356", true)]
    [InlineData("[::ffff:192.0.2.1]:51000", "192.0.2.2:51001", true)]
    [InlineData("192.0.2.1:51000", "192.1.2.1:51000", false)]
    [InlineData("ws://kitchen:1", "ws://kitchen:2", true)]
    public void GroupOf_AddressesThatOneCanEasilyHave_IsTheSame(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Addresses.GroupOf(one) == Addresses.GroupOf(other));

    private static PeerLink? Choose(List<PeerLink> links) => Eviction.Choose(links, _ => 0, _ => 0);

    private static PeerLink Link(int number, string address) => new(number, LinkDirection.Inbound, address, _options, TimeSpan.FromSeconds(number))
    {
        Peer = new LinkHello { Protocol = [1, 1], Network = "net", Id = $"p{number}", Boot = 1 },
    };
}
