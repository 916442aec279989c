using LocalCast.Protocol;

namespace LocalCast.Mesh;

// What the owner's connections have to say beside their messages.
public sealed partial class MeshMachine
{
    /// <summary>What came in is no message. The link is closed with the reason, and its other side has the points for it.</summary>
    public void Malformed(long number, ErrorInfo why, MeshTime time)
    {
        _time = time;
        if (_links.TryFind(number, out PeerLink? link))
        {
            Ledger.Add(_links.WhoIsToBlame(link), MisbehaviourLedger.Unbearable, time.Wall);
            _output.Notice("malformed", link, why.Message);
            _keeper.Close(link, why, time);
        }

        Settle();
    }

    /// <summary>A connection that was full takes messages again.</summary>
    public void RoomAgain(long number) => _output.Add(new WakeLink(number));
}
