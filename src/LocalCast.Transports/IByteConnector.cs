namespace LocalCast.Transports;

/// <summary>Connects to one address, as often as it is asked.</summary>
public interface IByteConnector
{
    /// <summary>Where it connects to, for people.</summary>
    string Address { get; }

    /// <summary>Makes one attempt.</summary>
    /// <exception cref="Protocol.LocalCastException">
    /// <see cref="Protocol.LocalCastError.Disconnected"/> when nobody listens there; <see cref="Protocol.LocalCastError.Forbidden"/>
    /// when the one who does is another user, or does not let us in.
    /// </exception>
    ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken);
}
