using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting;

/// <summary>What the way to other agents has the hub do.</summary>
public sealed partial class Broadcaster
{
    /// <summary>How many bytes more than a participant's a frame of the uplink may have.</summary>
    public const int UplinkHeadroom = 1024;

    /// <summary>
    /// Connects the way to other agents. What is for elsewhere is sent to it, with the name of who sends it; what it sends is passed on with the names that it says, such as <c>dns@kitchen</c>.
    /// It speaks binary packets, says no hello, and is seen by nobody. Bytes are handed over on the thread that sends them.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public IByteConnection ConnectUplink(IUplink uplink)
    {
        ArgumentNullException.ThrowIfNull(uplink);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_hub.Uplink.Session is not null)
            {
                throw new InvalidOperationException("There is an uplink already.");
            }

            (IByteConnection hubs, IByteConnection uplinks) = MemoryTransport.CreateInlinePair(_hub.Options.MaxQueuedBytes);
            _hub.Uplink.Connect(uplink, _hub.Sessions.StartUplink(hubs));
            return uplinks;
        }
    }

    /// <summary>Names the topics that somebody elsewhere subscribes to.</summary>
    public void SetUplinkTopics(IReadOnlyCollection<string> topics) => _hub.Uplink.SetTopics(topics);

    /// <summary>Tells a participant of this machine that a message of its went nowhere. One that has left is not told.</summary>
    /// <param name="participant">Its name.</param>
    /// <param name="id">What it calls the message, if it said.</param>
    /// <param name="why">Why.</param>
    public void Refuse(string participant, string? id, ErrorInfo why)
    {
        if (_hub.Membership.TryFind(Channel.OfName(participant), out Session? sender))
        {
            _hub.Pings.Forget(sender, id);
            Answer.Send(sender, MessageType.Ack, id, default, why, batch: null);
        }
    }

    /// <summary>Describes the participants that other agents may want: nodes, and clients that subscribe to something.</summary>
    public IReadOnlyList<NodeDescription> DescribeForOthers() => _hub.Membership.DescribeForOthers();
}
