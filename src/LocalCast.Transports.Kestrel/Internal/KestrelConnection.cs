using System.Net.Sockets;
using LocalCast.Protocol;
using LocalCast.Transports.Internal;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>A connection that Kestrel accepted.</summary>
internal sealed class KestrelConnection : DuplexConnection
{
    private readonly ConnectionContext _context;

    private KestrelConnection(ConnectionContext context, PeerIdentity? peer)
        : base(new CheckedReader(context.Transport.Input), context.Transport.Output) => (_context, Peer) = (context, peer);

    public override PeerIdentity? Peer { get; }

    /// <summary>Takes a connection over, if its user may connect.</summary>
    public static KestrelConnection Admit(ConnectionContext context)
    {
        PeerIdentity? peer = null;
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket)
        {
            peer = PeerCredentials.Read(socket);
            if (peer.UserId != PeerCredentials.OwnUserId)
            {
                throw new LocalCastException(LocalCastError.Forbidden, $"process {peer.ProcessId} belongs to another user (uid {peer.UserId})");
            }
        }

        return new KestrelConnection(context, peer);
    }

    public override void Abort() => _context.Abort(new ConnectionAbortedException());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _context.DisposeAsync().ConfigureAwait(false);
    }
}
