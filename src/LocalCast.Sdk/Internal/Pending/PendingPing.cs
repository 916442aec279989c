using System.Text.Json;
using System.Threading.Channels;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>A ping under way: the agent says how many nodes were asked, then their answers come; a full house ends it.</summary>
internal sealed class PendingPing(TimeProvider timeProvider, Func<Protocol.Channel, ReadOnlySpan<byte>, string> nameOf) : Pending
{
    // Bounded by the number of nodes that the agent asked, each of which answers once.
    private readonly System.Threading.Channels.Channel<FoundNode> _found = System.Threading.Channels.Channel.CreateUnbounded<FoundNode>(new UnboundedChannelOptions { SingleReader = true });
    private readonly long _start = timeProvider.GetTimestamp();
    private int _asked = int.MaxValue;
    private int _answered;

    public ChannelReader<FoundNode> Found => _found.Reader;

    public override bool TakesOneAnswer => false;

    public override void Accept(in Packet packet)
    {
        if (packet.Has(PacketFlags.Error))
        {
            _found.Writer.TryComplete(ToException(packet));
            return;
        }

        if (packet.Type == MessageType.Ack)
        {
            _asked = JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.AskedData)!.Asked;
        }
        else
        {
            _answered++;
            string name = nameOf(packet.From, packet.FromName);
            _found.Writer.TryWrite(new FoundNode(name, timeProvider.GetElapsedTime(_start), Describe(packet, name)));
        }

        if (_answered >= _asked)
        {
            _found.Writer.TryComplete();
        }
    }

    public override void Fail(Exception failure) =>
        _found.Writer.TryComplete(failure is LocalCastException { Code: LocalCastError.Timeout } ? null : failure); // time is up: what was found is what is there

    public override void Complete()
    {
        // Its reader is told as answers come.
    }

    private static NodeDescription Describe(in Packet packet, string name)
    {
        try
        {
            NodeDescription? said = JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.NodeDescription);
            return said is null ? new NodeDescription { Name = name, Error = "it did not describe itself" } : said with { Name = name, Agent = null }; // whose it is stands in the name, which the agent writes: not in what it says itself
        }
        catch (JsonException e)
        {
            return new NodeDescription { Name = name, Error = $"its description is not one: {e.Message}" };
        }
    }
}
