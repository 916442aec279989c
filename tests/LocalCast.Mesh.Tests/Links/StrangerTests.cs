using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

/// <summary>Whoever reaches the port and is no agent yet: what it can make this one keep, and what it can do to others by bearing their names.</summary>
public sealed class StrangerTests
{
    private readonly MeshPair _mesh = new();
    private long _last = 1000;

    [Fact]
    public void BadHello_InTheNameOfALinkedAgent_IsNotBlamedOnIt()
    {
        _mesh.Join("b");

        long stranger = Open("b");
        Receive(stranger, new Envelope { Type = MessageType.Ping });
        stranger = Open(null);
        Receive(stranger, MeshMessage.Of(MessageType.Hello, new LinkHello { Protocol = [2, 1], Network = "net", Id = "b", Boot = 1 }, MeshJson.Default.LinkHello));
        stranger = Open("b");
        _mesh.Act(machine => machine.Malformed(stranger, new ErrorInfo(LocalCastError.BadRequest, "nonsense"), _mesh.Time));

        Assert.False(_mesh.Machine.Ledger.IsBanned("b", _mesh.Time.Wall));
        Assert.Equal(3, _mesh.Machine.Ledger.Content.Entries.Count); // the addresses
    }

    [Fact]
    public void BadHello_InANameThatNobodyElseBears_IsBlamedOnIt()
    {
        Receive(Open("c"), new Envelope { Type = MessageType.Ping });

        Assert.True(_mesh.Machine.Ledger.IsBanned("c", _mesh.Time.Wall));
    }

    [Theory]
    [InlineData(257)]
    [InlineData(16_000)]
    public void IdThatIsTooLong_IsRefusedAndKeptNowhere(int length)
    {
        string id = new('x', length);
        long byAddress = Open(id);
        long byHello = Open(null);
        Receive(byHello, MeshMessage.Of(MessageType.Hello, new LinkHello { Protocol = [1, 1], Network = "net", Id = id, Boot = 1, Time = _mesh.Time.Wall }, MeshJson.Default.LinkHello));

        Assert.Equal([byAddress, byHello], _mesh.Of<CloseLink>().Select(close => close.Link));
        Assert.All(_mesh.Of<CloseLink>(), close => Assert.Equal(LocalCastError.BadRequest, close.Reason.Code));
        Assert.All(_mesh.Machine.Ledger.Content.Entries, entry => Assert.InRange(entry.Who.Length, 1, AgentId.MaxLength));
        Assert.Empty(_mesh.Machine.WhyPeer(id, _mesh.Time).Events);
    }

    [Fact]
    public void Goodbye_WithAWholeBook_IsKeptAsASentence()
    {
        _mesh.Join("b");

        _mesh.Say("b", new Envelope { Type = MessageType.Goodbye, Error = new ErrorInfo(LocalCastError.Busy, new string('x', 1_000_000)) { DataJson = $"\"{new string('y', 1_000_000)}\"" } });

        ErrorInfo kept = Assert.Single(_mesh.Machine.WhyPeer("b", _mesh.Time).Events).Reason;
        Assert.Equal((LocalCastError.Busy, (string?)null), (kept.Code, kept.DataJson));
        Assert.InRange(kept.Message.Length, 1, 600);
        Assert.All(_mesh.Of<MeshNotice>(), notice => Assert.InRange(notice.Reason?.Length ?? 0, 0, 700));
    }

    private long Open(string? id)
    {
        long number = ++_last;
        _mesh.Act(machine => machine.LinkOpened(number, LinkDirection.Inbound, $"192.0.2.1:{number}", id, _mesh.Time));
        return number;
    }

    private void Receive(long link, Envelope message) => _mesh.Act(machine => machine.Received(link, message, MeshMessage.SizeOf(message), _mesh.Time));
}
