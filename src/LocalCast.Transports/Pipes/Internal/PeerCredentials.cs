using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LocalCast.Transports.Internal;

/// <summary>Asks the kernel who is at the other end of a Unix socket.</summary>
public static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The user that this process acts as.</summary>
    public static uint OwnUserId => UnixSocketCalls.EffectiveUserId();

    /// <summary>The peer of a connected Unix socket, as it was when it connected or began to listen.</summary>
    public static PeerIdentity Read(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (OperatingSystem.IsLinux())
        {
            Span<int> processUserGroup = stackalloc int[3];
            socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(processUserGroup));
            return new PeerIdentity(processUserGroup[0], (uint)processUserGroup[1]);
        }

        return UnixSocketCalls.PeerUserId(socket.SafeHandle, out uint user, out _) == 0
            ? new PeerIdentity(0, user)
            : throw new SocketException(Marshal.GetLastPInvokeError());
    }
}
