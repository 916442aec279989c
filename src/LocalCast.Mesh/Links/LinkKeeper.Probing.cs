using LocalCast.Protocol;

namespace LocalCast.Mesh;

// Two links claim one id: what becomes of the newer one.
internal sealed partial class LinkKeeper
{
    /// <summary>The holder of the id keeps it when anything at all came from it since it was asked.</summary>
    private void SettleProbe(PeerLink link, MeshTime time)
    {
        LinkProbe probe = _probes[link.Number];
        switch (probe.Look(time.Now))
        {
            case HolderState.Lives:
                // Who dialled twice learns by it whose second address that was, since no hello_ack says it.
                Refuse(link, new ErrorInfo(LocalCastError.DuplicateNode, probe.WhyItStays(link)), time, saysWho: probe.IsSameAgent(link));
                break;
            case HolderState.Gone:
                _probes.Remove(link.Number);
                Forget(probe.Holder, new ErrorInfo(LocalCastError.Timeout, "it did not answer while another link claimed its id"), time);
                TakePlace(link, time);
                break;
            default:
                break;
        }
    }

    private void TakePlace(PeerLink link, MeshTime time)
    {
        if (_links.TryFindOpen(link.PeerId, out _))
        {
            Refuse(link, new ErrorInfo(LocalCastError.DuplicateNode, "another link took the id meanwhile"), time);
        }
        else
        {
            Open(link, time);
        }
    }
}
