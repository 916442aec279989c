using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class EvictionTests
{
    private static readonly MeshOptions _options = new();

    [Fact]
    public void Choose_TheYoungestOfTheLargestGroupGoes()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, i <= 20 ? $"ws://10.1.0.{i}:1" : $"ws://10.{i}.0.1:1"))];

        Assert.Equal(20, Choose(links)!.Number);
    }

    [Fact]
    public void Choose_FloodFromOnePlace_EvictsItsOwn()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 40).Select(i => Link(i, $"ws://10.{i}.0.1:1"))];
        for (int newcomer = 100; newcomer < 300; newcomer++)
        {
            links.Remove(Choose(links)!);
            links.Add(Link(newcomer, $"ws://66.6.1.{newcomer}:1"));
        }

        // The flood could take the places of some, and then pushed out nobody but itself.
        Assert.InRange(links.Count(link => link.Number < 100), 30, 40);
    }

    [Fact]
    public void Choose_WhoHasPointsGoesFirst()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, $"ws://10.1.0.{i}:1"))];

        Assert.Equal(25, Eviction.Choose(links, id => id == "p25" ? 20 : 0, _ => 0)!.Number);
    }

    [Fact]
    public void Choose_WhoLeadsToOthers_Stays()
    {
        List<PeerLink> links = [.. Enumerable.Range(1, 30).Select(i => Link(i, $"ws://10.1.0.{i}:1"))];

        Assert.Equal(29, Eviction.Choose(links, _ => 0, id => id == "p30" ? 5 : 1)!.Number);
    }

    [Fact]
    public void Choose_OnlyUsefulOnes_NobodyGoes() => Assert.Null(Choose([.. Enumerable.Range(1, 8).Select(i => Link(i, $"ws://10.{i}.0.1:1"))]));

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

    private static PeerLink? Choose(List<PeerLink> links) => Eviction.Choose(links, _ => 0, _ => 0);

    private static PeerLink Link(int number, string address) => new(number, LinkDirection.Inbound, address, _options, TimeSpan.FromSeconds(number))
    {
        Peer = new LinkHello { Protocol = [1, 1], Network = "net", Id = $"p{number}", Boot = 1 },
    };
}
