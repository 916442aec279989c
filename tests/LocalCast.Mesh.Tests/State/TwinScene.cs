using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

/// <summary>
/// Another agent with this one's id, "me", as its only neighbour "b" tells of it: "d", behind b, says that it has a link to an agent "me", which is none of this one's.
/// </summary>
internal sealed class TwinScene
{
    public const ulong Born = 1_000_500;
    public const ulong Elder = 1_000_200;
    public const ulong Younger = 1_000_800;

    public TwinScene()
    {
        Mesh.Join("b", [new NodeDescription { Name = "echo", State = "Ready" }], neighbours: ["d"]);
        TellOfVoucher(1);
    }

    public MeshPair Mesh { get; } = new(born: Born);

    public AgentDocument Own => Mesh.Machine.Documents.First();

    /// <summary>What the other one said last.</summary>
    public DocumentVersion Last { get; private set; }

    public ulong SeqOfVoucher { get; private set; }

    public void TellOfVoucher(ulong seq, bool namesMe = true)
    {
        SeqOfVoucher = seq;
        string[] neighbours = namesMe ? ["b", "me"] : ["b"];
        Mesh.SayDocument("b", new AgentDocument { Id = "d", Boot = 1, Seq = seq, Neighbours = [.. neighbours.Select(id => new DocumentNeighbour { Id = id, Cost = 1000 })] });
        Mesh.Pass(TimeSpan.FromMilliseconds(100));
    }

    public void Relink()
    {
        Mesh.Join("b", neighbours: ["d"]);
        TellOfVoucher(SeqOfVoucher + 1);
    }

    public void Say(ulong? born, ulong seq, bool hasLeft = false)
    {
        Last = new DocumentVersion(Own.Boot, seq);
        Mesh.SayDocument("b", new AgentDocument { Id = "me", Boot = Last.Boot, Seq = seq, Born = born, Left = hasLeft ? true : null, Neighbours = [new DocumentNeighbour { Id = "d", Cost = 1000 }] });
    }

    /// <summary>The other one answers each version of this agent's with a newer one.</summary>
    public void Outbid(ulong? born, TimeSpan time, bool hasLeft = false)
    {
        for (TimeSpan end = Mesh.Now + time; Mesh.Now < end && Mesh.Machine.WhyAway is null;)
        {
            if (!(Last > Own.Version))
            {
                Say(born, Own.Seq + 100, hasLeft);
            }

            Mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        if (Mesh.Machine.WhyAway is null)
        {
            Mesh.Pass(TimeSpan.FromSeconds(1.1)); // this agent has the last word
        }
    }

    public TimeSpan OutbidUntilAway(ulong? born)
    {
        TimeSpan begin = Mesh.Now;
        Outbid(born, TimeSpan.FromSeconds(10));
        Assert.NotNull(Mesh.Machine.WhyAway);
        return Mesh.Now - begin;
    }
}
