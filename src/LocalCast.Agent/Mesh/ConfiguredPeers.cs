using LocalCast.Mesh;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>The peers that an agent starts with.</summary>
internal static class ConfiguredPeers
{
    /// <summary>Enters them into the book. One list of all agents of a site serves each of them: an agent leaves itself out.</summary>
    /// <exception cref="LocalCastException">One of them is no address.</exception>
    public static void Enter(IEnumerable<string> peers, AddressBook book, MeshSelf self, ILogger logger)
    {
        foreach (string peer in peers)
        {
            switch (self.WhyNotPeer(peer, out string address))
            {
                case null:
                    book.AddConfigured(address);
                    break;
                case { Code: LocalCastError.SelfConnect }:
                    MeshLog.OwnAddress(logger, peer);
                    break;
                case { } why:
                    throw new LocalCastException(why);
            }
        }
    }
}
